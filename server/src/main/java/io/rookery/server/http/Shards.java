package io.rookery.server.http;

import io.rookery.api.ErrorCode;
import io.rookery.api.RookeryException;
import io.rookery.cluster.ClusterNode;
import io.rookery.cluster.ReplicatedStore;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Finds the shard that a request is about, and makes its reads as consistent as the request wants them. */
final class Shards {
    private static final long PATIENCE_SECONDS = 10;

    private final ClusterNode node;

    Shards(ClusterNode node) {
        this.node = node;
    }

    /** @throws RookeryException DATABASE_MISSING, or UNAVAILABLE when this node has no replica of it */
    ReplicatedStore of(Ask ask) {
        return of(ask.path("db"));
    }

    /** The name itself. @throws RookeryException DATABASE_MISSING */
    String known(String database) {
        if (!node.topology().databases().containsKey(database)) {
            throw new RookeryException(ErrorCode.DATABASE_MISSING, "There is no database '" + database + "'");
        }
        return database;
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

    /** @throws RookeryException DATABASE_MISSING */
    void requireDatabase(Ask ask) {
        String database = ask.path("db");
        if (!node.topology().databases().containsKey(database)) {
            throw new RookeryException(ErrorCode.DATABASE_MISSING, "There is no database '" + database + "'");
        }
    }

    /** Completes when this replica has applied so far; fails with TIMEOUT when it does not come there: nobody waits for ever. */
    static CompletableFuture<Void> reached(ReplicatedStore shard, long index) {
        return shard.applied(index)
                .orTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS)
                .handle((done, failure) -> {
                    Throwable cause = failure instanceof CompletionException && failure.getCause() != null
                            ? failure.getCause()
                            : failure;
                    if (cause instanceof TimeoutException) {
                        throw new RookeryException(
                                ErrorCode.TIMEOUT,
                                "Expected index " + index + " to be applied within " + PATIENCE_SECONDS
                                        + " s on this node but found "
                                        + shard.status().applied()
                                        + "; try again, or another node",
                                cause);
                    }
                    if (cause != null) {
                        throw new CompletionException(cause);
                    }
                    return null;
                });
    }

    /** Completes when this node's replica may answer: {@code consistency=linearizable} (default), session, local. */
    CompletableFuture<Void> readable(Ask ask, ReplicatedStore shard) {
        String consistency = ask.query("consistency").orElse("linearizable");
        return switch (consistency) {
            case "linearizable" -> shard.fence();
            case "local" -> CompletableFuture.completedFuture(null);
            case "session" -> reached(shard, seen(ask));
            default ->
                throw new RookeryException(
                        ErrorCode.BAD_REQUEST,
                        "Expected linearizable, session or local for 'consistency' but found '" + consistency + "'");
        };
    }

    /** What the client has seen: {@code index=}, else RavenDB's header; nothing at all is a session that begins. */
    private static long seen(Ask ask) {
        return ask.query("index").isPresent()
                ? ask.number("index", 0, 0, Long.MAX_VALUE)
                : ask.header("Known-Raft-Index")
                        .map(text -> Ask.number("Known-Raft-Index", 0, Long.MAX_VALUE, text))
                        .orElse(0L);
    }
}
