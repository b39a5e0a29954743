package io.rookery.server;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.PatternLayout;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The process's last log lines, for a support bundle: bounded in number and size, whatever the logging is configured to
 * do with them besides. Any thread.
 */
public final class RecentLog extends AppenderBase<ILoggingEvent> {
    private static final String NAME = "RECENT";
    private static final String PATTERN = "%d{yyyy-MM-dd'T'HH:mm:ss.SSSXXX} %-5level"
            + " [%thread]%replace( %X{request}){'^ $', ''} %logger{24} - %msg%n";
    private static final int MOST_LINES = 2_000;
    private static final int MOST_CHARACTERS = 8_000;
    private static final Deque<String> LINES = new ArrayDeque<>();

    private final PatternLayout layout = new PatternLayout();

    private RecentLog() {}

    /** Keeps what is logged from now on; a second time does nothing. */
    static void keep() {
        if (LoggerFactory.getILoggerFactory() instanceof LoggerContext context) {
            ch.qos.logback.classic.Logger root = context.getLogger(Logger.ROOT_LOGGER_NAME);
            if (root.getAppender(NAME) == null) {
                RecentLog kept = new RecentLog();
                kept.setName(NAME);
                kept.setContext(context);
                kept.layout.setContext(context);
                kept.layout.setPattern(PATTERN);
                kept.layout.start();
                kept.start();
                root.addAppender(kept);
            }
        }
    }

    /** The oldest first, each with its line end. */
    public static List<String> lines() {
        synchronized (LINES) {
            return List.copyOf(LINES);
        }
    }

    @Override
    protected void append(ILoggingEvent event) {
        String line = layout.doLayout(event);
        synchronized (LINES) {
            if (LINES.size() == MOST_LINES) {
                LINES.removeFirst();
            }
            LINES.addLast(line.length() > MOST_CHARACTERS ? line.substring(0, MOST_CHARACTERS) + "…\n" : line);
        }
    }
}
