package io.rookery.api;

import java.nio.charset.StandardCharsets;

/**
 * A document's id, as in RavenDB: any text of 1 to {@value Limits#ID_BYTES} UTF-8 bytes without control characters,
 * by custom {@code collection/number}. Ids are case sensitive.
 */
public record DocumentId(String value) {
    public DocumentId {
        if (value == null || value.isBlank()) {
            throw new RookeryException(ErrorCode.BAD_ID, "Expected a document id but found nothing");
        }
        // a char is at least one UTF-8 byte: the cheap test first
        if (value.length() > Limits.ID_BYTES || value.getBytes(StandardCharsets.UTF_8).length > Limits.ID_BYTES) {
            throw new RookeryException(
                    ErrorCode.BAD_ID,
                    "Expected a document id of at most " + Limits.ID_BYTES + " bytes but found one of "
                            + value.getBytes(StandardCharsets.UTF_8).length + " that starts with '"
                            + value.substring(0, 40) + "'");
        }
        for (int i = 0; i < value.length(); i++) {
            if (Character.isISOControl(value.charAt(i))) {
                throw new RookeryException(
                        ErrorCode.BAD_ID,
                        "Expected a document id without control characters but found U+"
                                + String.format("%04X", (int) value.charAt(i)) + " at place " + i);
            }
        }
        int half = halfSurrogate(value);
        if (half >= 0) {
            throw new RookeryException(
                    ErrorCode.BAD_ID,
                    "Expected a document id of whole characters but found half of a surrogate pair at place " + half);
        }
    }

    /** Place of the first half of a surrogate pair that stands alone; -1 when there is none. */
    static int halfSurrogate(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (Character.isSurrogate(text.charAt(i))) {
                boolean pair = i + 1 < text.length() && Character.isSurrogatePair(text.charAt(i), text.charAt(i + 1));
                if (!pair) {
                    return i;
                }
                i++;
            }
        }
        return -1;
    }

    @Override
    public String toString() {
        return value;
    }
}
