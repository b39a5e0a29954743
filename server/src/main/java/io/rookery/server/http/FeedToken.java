package io.rookery.server.http;

import io.rookery.api.ErrorCode;
import io.rookery.api.RookeryException;

/**
 * The token of a place in a database's feed: for each shard its number and the sequence number, {@code 0:42}. Opaque to
 * clients.
 */
final class FeedToken {
    private FeedToken() {}

    static String of(long sequence) {
        return "0:" + sequence;
    }

    /** The place; the empty token and {@code 0} are the beginning. */
    static long sequence(String token) {
        if (token.isEmpty() || token.equals("0")) {
            return 0;
        }
        if (token.matches("0:\\d{1,18}")) {
            return Long.parseLong(token, 2, token.length(), 10);
        }
        throw new RookeryException(ErrorCode.BAD_REQUEST, "Expected a token of this feed but found '" + token + "'");
    }
}
