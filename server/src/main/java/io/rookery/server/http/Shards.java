package io.rookery.server.http;

import io.rookery.api.ChangeVector;
import io.rookery.api.ErrorCode;
import io.rookery.api.RookeryException;
import io.rookery.cluster.ClusterNode;
import io.rookery.cluster.Consistency;
import io.rookery.cluster.ReplicatedStore;
import io.rookery.cluster.ShardAccess;
import io.rookery.cluster.ShardedDatabase;
import io.rookery.cluster.topology.Slots;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/** Finds the database that a request is about and its shards, and how consistent the request wants its reads. */
final class Shards {
    private final ClusterNode node;

    Shards(ClusterNode node) {
        this.node = node;
    }

    /** @throws RookeryException DATABASE_MISSING */
    ShardedDatabase of(Ask ask) {
        String name = ask.path("db");
        return node.database(name).orElseThrow(() -> missing(node, name));
    }

    /** A node that has just started may not have heard of it yet. */
    static RookeryException missing(ClusterNode node, String name) {
        return node.hasHeard()
                ? new RookeryException(ErrorCode.DATABASE_MISSING, "There is no database '" + name + "'")
                : new RookeryException(
                        ErrorCode.UNAVAILABLE,
                        "Node " + node.tag() + " has not heard from the cluster since it started, and does not know"
                                + " whether there is a database '" + name + "'");
    }

    /** As it is on the whole cluster now. */
    CompletableFuture<ShardedDatabase> fresh(Ask ask) {
        return node.system().fence().thenApply(ready -> of(ask));
    }

    /** What who reads on and on follows splits with. */
    FeedStream.Followed follow(Ask ask) {
        return new FeedStream.Followed() {
            @Override
            public ShardedDatabase now() {
                return of(ask);
            }

            @Override
            public <T> CompletableFuture<T> whileSlotsMove(Supplier<CompletableFuture<T>> attempt) {
                return node.whileSlotsMove(ask.path("db"), attempt);
            }
        };
    }

    /** The name itself. @throws RookeryException DATABASE_MISSING */
    String known(String database) {
        if (!node.topology().databases().containsKey(database)) {
            throw missing(node, database);
        }
        return database;
    }

    /** @throws RookeryException DATABASE_MISSING */
    void requireDatabase(Ask ask) {
        known(ask.path("db"));
    }

    /**
     * This node's replica of the database's shard, or of the one that {@code shard=} names.
     *
     * @throws RookeryException DATABASE_MISSING; BAD_REQUEST when there are several and none is named; UNAVAILABLE when
     *     this node has no replica of it
     */
    ReplicatedStore here(Ask ask) {
        ShardedDatabase database = of(ask);
        if (!database.isOneShard() && ask.query("shard").isEmpty()) {
            throw new RookeryException(
                    ErrorCode.BAD_REQUEST,
                    "Expected 'shard' with the number of one of "
                            + database.definition().shards().size()
                            + " shards, which answer one by one, but it is missing");
        }
        return here(database, number(ask, database));
    }

    private static int number(Ask ask, ShardedDatabase database) {
        int most = database.definition().shards().size() - 1;
        return (int) ask.number("shard", 0, 0, most);
    }

    /** The shard that {@code shard=} names, wherever it is. */
    ShardAccess named(Ask ask) {
        ShardedDatabase database = of(ask);
        return database.shard(number(ask, database));
    }

    /** This node's replicas of the shards that may have what a tag wrote: its own, and those that it was split into since. */
    List<ReplicatedStore> of(Ask ask, ChangeVector vector) {
        List<ReplicatedStore> found = new ArrayList<>();
        add(of(ask), vector.tag(), found);
        return found;
    }

    private void add(ShardedDatabase database, String tag, List<ReplicatedStore> found) {
        for (var shard : database.all()) {
            if (shard.tag().equals(tag)) {
                ReplicatedStore here = here(database, shard.number());
                found.add(here);
                here.splits().all().stream()
                        .filter(split -> split.from().equals(tag))
                        .forEach(split -> add(database, split.to(), found));
            }
        }
    }

    /** This node's replica of a document's shard. */
    ReplicatedStore here(Ask ask, String id) {
        ShardedDatabase database = of(ask);
        return here(database, database.definition().slots().shardOf(id));
    }

    private ReplicatedStore here(ShardedDatabase database, int shard) {
        String name = database.definition().name();
        return node.shard(name, shard)
                .orElseThrow(() -> new RookeryException(
                        ErrorCode.UNAVAILABLE,
                        "Node " + node.tag() + " has no replica of " + name + "/" + shard + "; ask "
                                + String.join(
                                        ", ",
                                        database.definition()
                                                .shards()
                                                .get(shard)
                                                .nodes())));
    }

    /** Completes when this node's replica may answer. */
    CompletableFuture<Void> readable(Ask ask, ReplicatedStore shard) {
        return consistency(ask, of(ask)).ready(shard);
    }

    /** The shard of a document's id, a compare-exchange key, or an identity's prefix. */
    ShardAccess of(Ask ask, String text) {
        return of(ask).of(text);
    }

    /**
     * The one shard that all of them belong to.
     *
     * @throws RookeryException CROSS_SHARD when there are several
     */
    static ShardAccess one(ShardedDatabase database, List<String> texts) {
        if (texts.isEmpty() || database.isOneShard()) {
            return database.shard(0);
        }
        Slots slots = database.definition().slots();
        String first = texts.get(0);
        int shard = slots.shardOf(first);
        for (String text : texts) {
            int other = slots.shardOf(text);
            if (other != shard) {
                throw new RookeryException(
                        ErrorCode.CROSS_SHARD,
                        "Expected a transaction in one shard but '" + first + "' is in shard " + shard + " and '" + text
                                + "' in shard " + other + "; ids that end alike behind a " + Slots.ANCHOR
                                + " are in one shard, as orders/1" + Slots.ANCHOR + "customers/7 is with customers/7");
            }
        }
        return database.shard(shard);
    }

    /**
     * {@code consistency=linearizable} (default), session, local. An index says nothing of other shards than its own, so
     * a session of a database with several is linearizable: it sees more than it asks for.
     */
    static Consistency consistency(Ask ask, ShardedDatabase database) {
        String consistency = ask.query("consistency").orElse("linearizable");
        return switch (consistency) {
            case "linearizable" -> Consistency.LINEARIZABLE;
            case "local" -> Consistency.LOCAL;
            case "session" -> {
                long seen = seen(ask);
                yield database.isOneShard() ? Consistency.session(seen) : Consistency.LINEARIZABLE;
            }
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
