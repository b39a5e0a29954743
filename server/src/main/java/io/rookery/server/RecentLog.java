package io.rookery.server;

import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/** The process's last log lines, for a support bundle: bounded in number and size. Any thread. */
public final class RecentLog extends AppenderBase<ILoggingEvent> {
    private static final int MOST_LINES = 2_000;
    private static final int MOST_CHARACTERS = 8_000;
    private static final Deque<String> LINES = new ArrayDeque<>();

    private PatternLayoutEncoder encoder;

    /** For logback's configuration. */
    public void setEncoder(PatternLayoutEncoder encoder) {
        this.encoder = encoder;
    }

    /** The oldest first. */
    public static List<String> lines() {
        synchronized (LINES) {
            return List.copyOf(LINES);
        }
    }

    @Override
    protected void append(ILoggingEvent event) {
        String line = new String(encoder.encode(event), StandardCharsets.UTF_8);
        synchronized (LINES) {
            if (LINES.size() == MOST_LINES) {
                LINES.removeFirst();
            }
            LINES.addLast(line.length() > MOST_CHARACTERS ? line.substring(0, MOST_CHARACTERS) + "…\n" : line);
        }
    }
}
