package io.rookery.api;

/**
 * A document's version: the shard's tag and the sequence number of the change that wrote it, {@code A:7}. It is the
 * ETag and the If-Match of the HTTP API.
 */
public record ChangeVector(String tag, long sequence) {
    /** Stands for "the document does not exist" where a version is expected. */
    public static final ChangeVector NONE = new ChangeVector("", 0);

    /** Reads {@code A:7}; the empty text is {@link #NONE}. */
    public static ChangeVector parse(String text) {
        if (text.isEmpty()) {
            return NONE;
        }
        int colon = text.indexOf(':');
        boolean digits = colon > 0
                && colon < text.length() - 1
                && text.chars().skip(colon + 1L).allMatch(c -> c >= '0' && c <= '9');
        try {
            if (digits) {
                return new ChangeVector(text.substring(0, colon), Long.parseLong(text, colon + 1, text.length(), 10));
            }
        } catch (NumberFormatException e) {
            throw malformed(text, e);
        }
        throw malformed(text, null);
    }

    private static RookeryException malformed(String text, Throwable cause) {
        return new RookeryException(
                ErrorCode.BAD_REQUEST, "Expected a change vector like A:7 but found '" + text + "'", cause);
    }

    @Override
    public String toString() {
        return this.equals(NONE) ? "" : tag + ':' + sequence;
    }
}
