package io.rookery.server.http;

import io.rookery.api.ErrorCode;
import io.rookery.api.Json;
import io.rookery.api.RookeryException;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;

/** Times as RavenDB's clients write them: ISO 8601, in UTC where no offset is said. */
final class Iso8601 {
    private static final int DATE_LENGTH = 10;
    /** The end of the year 9999: what is later has no place in the form that times are written in. */
    private static final long LAST = 253_402_300_799_999L;

    private Iso8601() {}

    /**
     * Milliseconds since the epoch; what is before it is 1, so that 0 can stand for none.
     *
     * @param name of what has the time, for the message
     * @param value null gives 0
     * @throws RookeryException BAD_REQUEST for anything else
     */
    static long millis(String name, Object value) {
        if (value == null) {
            return 0;
        }
        if (value instanceof String text && text.length() <= 64) {
            try {
                long millis = Math.max(1, parse(text));
                if (millis <= LAST) {
                    return millis;
                }
            } catch (DateTimeException | ArithmeticException e) {
                throw refused(name, "'" + text + "'", e);
            }
        }
        throw refused(name, value instanceof String ? "another text" : Json.kind(value), null);
    }

    private static long parse(String text) {
        if (text.length() == DATE_LENGTH) {
            return LocalDate.parse(text)
                    .atStartOfDay()
                    .toInstant(ZoneOffset.UTC)
                    .toEpochMilli();
        }
        boolean zoned = text.endsWith("Z")
                || text.endsWith("z")
                || text.lastIndexOf('+') > 0
                || text.lastIndexOf('-') > DATE_LENGTH;
        return zoned
                ? OffsetDateTime.parse(text).toInstant().toEpochMilli()
                : LocalDateTime.parse(text).toInstant(ZoneOffset.UTC).toEpochMilli();
    }

    private static RookeryException refused(String name, String found, Throwable cause) {
        return new RookeryException(
                ErrorCode.BAD_REQUEST,
                "Expected a time like 2030-12-31T23:59:59.0000000Z as " + name + " but found " + found,
                cause);
    }
}
