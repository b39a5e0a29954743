package io.rookery.server.http;

import io.rookery.api.ErrorCode;
import io.rookery.api.FeedRequest;
import io.rookery.api.RookeryException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A place in a database's feed. As text for each shard its number, the sequence number, and what was removed when its
 * reader began ({@link FeedRequest#removed()}): {@code 0:42:7}. Opaque to clients.
 */
record FeedToken(long sequence, long removed) {
    static final FeedToken BEGINNING = new FeedToken(0, 0);

    private static final Pattern TEXT = Pattern.compile("0:(\\d{1,18}):(\\d{1,18})");

    /** The empty token and {@code 0} are the beginning. */
    static FeedToken parse(String token) {
        if (token.isEmpty() || token.equals("0")) {
            return BEGINNING;
        }
        Matcher matcher = TEXT.matcher(token);
        if (!matcher.matches()) {
            throw new RookeryException(
                    ErrorCode.BAD_REQUEST, "Expected a token of this feed but found '" + token + "'");
        }
        return new FeedToken(Long.parseLong(matcher.group(1)), Long.parseLong(matcher.group(2)));
    }

    FeedToken at(long place) {
        return new FeedToken(place, removed);
    }

    @Override
    public String toString() {
        return "0:" + sequence + ':' + removed;
    }
}
