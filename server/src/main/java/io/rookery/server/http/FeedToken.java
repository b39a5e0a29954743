package io.rookery.server.http;

import io.rookery.api.ErrorCode;
import io.rookery.api.FeedRequest;
import io.rookery.api.RookeryException;
import io.rookery.cluster.topology.Topology;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.StringJoiner;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A place in a database's feed. As text for each shard its number, the sequence number, and what was removed when its
 * reader began ({@link FeedRequest#removed()}): {@code 0:42:7}, {@code 0:42:7,1:13:0}. Opaque to clients.
 *
 * @param places by the shards' numbers
 */
record FeedToken(List<Place> places) {
    private static final Pattern PLACE = Pattern.compile("(\\d{1,3}):(\\d{1,18}):(\\d{1,18})");
    private static final int MOST_CHARACTERS = 1_000;

    /** A place in one shard's feed. */
    record Place(long sequence, long removed) {
        static final Place BEGINNING = new Place(0, 0);
    }

    FeedToken {
        places = List.copyOf(places);
    }

    /** The empty token and {@code 0} are the beginning, and so is every shard that the token does not name. */
    static FeedToken parse(String token, int shards) {
        return parse(token, shards, List.of());
    }

    /** A shard that came out of another one since the token was given begins where that one was. */
    static FeedToken parse(String token, int shards, List<Topology.Division> divisions) {
        List<Place> places = new ArrayList<>(Collections.nCopies(shards, null));
        if (token.isEmpty() || token.equals("0")) {
            return new FeedToken(completed(places, divisions));
        }
        if (token.length() > MOST_CHARACTERS) {
            throw malformed(token.substring(0, 40) + "…");
        }
        int before = -1;
        for (String part : token.split(",", -1)) {
            Matcher matcher = PLACE.matcher(part);
            if (!matcher.matches() || Integer.parseInt(matcher.group(1)) <= before) {
                throw malformed(token);
            }
            before = Integer.parseInt(matcher.group(1));
            if (before >= shards) {
                throw new RookeryException(
                        ErrorCode.GONE,
                        "Expected a place in " + shards + " shards but found one in shard " + before + " in '" + token
                                + "': it is of another database, or of one that was deleted; read from 0 again");
            }
            places.set(before, new Place(Long.parseLong(matcher.group(2)), Long.parseLong(matcher.group(3))));
        }
        return new FeedToken(completed(places, divisions));
    }

    /** With the places of all shards that are null: where the shard that each came out of was, at most where it was split. */
    private static List<Place> completed(List<Place> places, List<Topology.Division> divisions) {
        for (Topology.Division division : divisions) {
            Place from = places.get(division.from());
            if (places.get(division.to()) == null && from != null) {
                places.set(division.to(), new Place(Math.min(from.sequence(), division.head()), from.removed()));
            }
        }
        places.replaceAll(place -> place == null ? Place.BEGINNING : place);
        return places;
    }

    /** The same place after splits. */
    FeedToken after(List<Topology.Division> divisions, int shards) {
        List<Place> known = new ArrayList<>(places);
        while (known.size() < shards) {
            known.add(null);
        }
        return new FeedToken(completed(known, divisions));
    }

    private static RookeryException malformed(String token) {
        return new RookeryException(ErrorCode.BAD_REQUEST, "Expected a token of this feed but found '" + token + "'");
    }

    Place of(int shard) {
        return places.get(shard);
    }

    FeedToken with(int shard, Place place) {
        List<Place> others = new ArrayList<>(places);
        others.set(shard, place);
        return new FeedToken(others);
    }

    FeedToken at(int shard, long sequence) {
        return with(shard, new Place(sequence, of(shard).removed()));
    }

    @Override
    public String toString() {
        StringJoiner text = new StringJoiner(",");
        for (int shard = 0; shard < places.size(); shard++) {
            text.add(shard + ":" + of(shard).sequence() + ':' + of(shard).removed());
        }
        return text.toString();
    }
}
