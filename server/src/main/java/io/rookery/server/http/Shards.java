package io.rookery.server.http;

import io.rookery.api.ErrorCode;
import io.rookery.api.RookeryException;
import io.rookery.cluster.ClusterNode;
import io.rookery.cluster.ReplicatedStore;
import java.util.concurrent.CompletableFuture;

/** Finds the shard that a request is about, and makes its reads as consistent as the request wants them. */
final class Shards {
    private final ClusterNode node;

    Shards(ClusterNode node) {
        this.node = node;
    }

    /** @throws RookeryException DATABASE_MISSING, or UNAVAILABLE when this node has no replica of it */
    ReplicatedStore of(Ask ask) {
        return of(ask.path("db"));
    }

    ReplicatedStore of(String database) {
        return node.shard(database, 0).orElseThrow(() -> {
            var known = node.topology().databases().get(database);
            return known == null
                    ? new RookeryException(ErrorCode.DATABASE_MISSING, "There is no database '" + database + "'")
                    : new RookeryException(
                            ErrorCode.UNAVAILABLE,
                            "Node " + node.tag() + " has no replica of '" + database + "'; ask "
                                    + String.join(", ", known.shards().get(0).nodes()));
        });
    }

    /** Completes when this node's replica may answer: {@code consistency=linearizable} (default), session, local. */
    CompletableFuture<Void> readable(Ask ask, ReplicatedStore shard) {
        String consistency = ask.query("consistency").orElse("linearizable");
        return switch (consistency) {
            case "linearizable" -> shard.fence();
            case "local" -> CompletableFuture.completedFuture(null);
            case "session" -> shard.applied(ask.number("index", 0, 0, Long.MAX_VALUE));
            default ->
                throw new RookeryException(
                        ErrorCode.BAD_REQUEST,
                        "Expected linearizable, session or local for 'consistency' but found '" + consistency + "'");
        };
    }
}
