package io.rookery.etl.route;

import io.rookery.api.ErrorCode;
import io.rookery.api.RookeryException;
import io.rookery.api.Setting;
import java.time.Duration;

/** Where a replay begins. */
public sealed interface ReplayFrom {
    /** At the first change of all: every document that exists. */
    record Start() implements ReplayFrom {}

    /** The change with this sequence number is the first to be delivered again. */
    record Sequence(long sequence) implements ReplayFrom {}

    /** What was committed so long ago or later. */
    record Ago(Duration duration) implements ReplayFrom {}

    /** Reads {@code start}, {@code seq:N}, {@code 2h}. */
    static ReplayFrom parse(String text) {
        if (text.equals("start")) {
            return new Start();
        }
        if (text.matches("seq:\\d{1,18}")) {
            return new Sequence(Long.parseLong(text.substring("seq:".length())));
        }
        return Setting.duration(text)
                .map(Ago::new)
                .orElseThrow(() -> new RookeryException(
                        ErrorCode.BAD_REQUEST, "Expected start, seq:N or a duration like 2h but found '" + text + "'"));
    }
}
