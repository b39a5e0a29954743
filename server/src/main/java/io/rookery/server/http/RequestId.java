package io.rookery.server.http;

import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What one request is called in answers, errors and log lines: the client's {@code X-Request-Id}, the trace of its
 * {@code traceparent} (W3C), or one made here. What a client sends is taken only when it can do no harm in a log.
 */
final class RequestId {
    static final String HEADER = "X-Request-Id";
    static final String TRACE = "traceparent";
    /** The key of log lines. */
    static final String LOG_KEY = "request";

    private static final Pattern SENT = Pattern.compile("[A-Za-z0-9._:/+=-]{1,128}");
    private static final Pattern TRACE_PARENT =
            Pattern.compile("(?!ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}.*");
    /** Another one in every process, so that ids of two nodes, or of two starts, differ. */
    private static final String PROCESS =
            Long.toHexString(ThreadLocalRandom.current().nextLong() >>> 24);

    private static final AtomicLong LAST = new AtomicLong();

    private RequestId() {}

    /** @param header a header's value by name, or null */
    static String of(UnaryOperator<String> header) {
        String sent = header.apply(HEADER);
        if (sent != null && SENT.matcher(sent).matches()) {
            return sent;
        }
        String trace = header.apply(TRACE);
        if (trace != null && trace.length() <= 512) {
            Matcher matcher = TRACE_PARENT.matcher(trace);
            if (matcher.matches()) {
                return matcher.group(1);
            }
        }
        return PROCESS + '-' + LAST.incrementAndGet();
    }
}
