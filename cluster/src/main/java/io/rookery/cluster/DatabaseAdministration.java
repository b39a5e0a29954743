package io.rookery.cluster;

import io.rookery.api.ChangeVector;
import io.rookery.api.ErrorCode;
import io.rookery.api.RookeryException;
import io.rookery.api.Write;
import io.rookery.cluster.topology.ShardMove;
import io.rookery.cluster.topology.ShardSplitting;
import io.rookery.cluster.topology.Slots;
import io.rookery.cluster.topology.SystemState;
import io.rookery.cluster.topology.Topology;
import io.rookery.cluster.wire.WireWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Pattern;

/** What operators ask about databases and their shards; see {@link SystemLead}. */
final class DatabaseAdministration {
    private static final String CREATE = "@database-create";
    /** Not told by {@link #CREATE}: nodes of a time before it know of one shard only. */
    private static final String CREATE_SHARDED = "@database-create-sharded";

    private static final String DELETE = "@database-delete";
    private static final String MOVE = "@shard-move";
    private static final String SPLIT = "@shard-split";
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.-]{0,63}");
    /** Each is a Raft group with a log and a store of its own: a node shall have few. */
    static final int MOST_SHARDS = 16;

    private final NodeContext node;
    private final SystemLead lead;
    private final NodeWatch watch;

    DatabaseAdministration(NodeContext node, SystemLead lead, NodeWatch watch) {
        this.node = node;
        this.lead = lead;
        this.watch = watch;
        lead.handle(CREATE, in -> create(in.text(), (int) in.number(), 1));
        lead.handle(CREATE_SHARDED, in -> create(in.text(), (int) in.number(), (int) in.number()));
        lead.handle(DELETE, in -> delete(in.text()));
        lead.handle(MOVE, in -> move(new ShardMove(in.text(), (int) in.number(), in.text(), in.text())));
        lead.handle(SPLIT, in -> split(ShardSplitting.read(in)));
    }

    CompletableFuture<Void> createDatabase(String name, int replicas, int shards) {
        WireWriter question = new WireWriter(64).text(name).number(replicas);
        return shards == 1 ? lead.ask(CREATE, question) : lead.ask(CREATE_SHARDED, question.number(shards));
    }

    CompletableFuture<Void> deleteDatabase(String name) {
        return lead.ask(DELETE, new WireWriter(64).text(name));
    }

    CompletableFuture<Void> moveShard(ShardMove move) {
        return lead.ask(
                MOVE,
                new WireWriter(64)
                        .text(move.database())
                        .number(move.shard())
                        .text(move.from())
                        .text(move.to()));
    }

    CompletableFuture<Void> splitShard(ShardSplitting wanted) {
        return lead.ask(SPLIT, wanted.write(new WireWriter(64)));
    }

    private CompletableFuture<Void> create(String name, int replicas, int shards) {
        if (!NAME.matcher(name).matches()) {
            throw new RookeryException(
                    ErrorCode.BAD_REQUEST,
                    "Expected a database name of 1 to 64 letters, digits, '_', '.', '-' but found '" + name + "'");
        }
        if (replicas < 1 || replicas > 9) {
            throw new RookeryException(ErrorCode.BAD_REQUEST, "Expected 1 to 9 replicas but found " + replicas);
        }
        if (shards < 1 || shards > MOST_SHARDS) {
            throw new RookeryException(
                    ErrorCode.BAD_REQUEST, "Expected 1 to " + MOST_SHARDS + " shards but found " + shards);
        }
        if (shards > 1) {
            node.level().require(FeatureLevel.SHARDS);
        }
        SystemState state = lead.state();
        SystemState.Base found = state.databases().get(name);
        if (found == null) {
            state.requireRoom(shards, replicas, mostReplicas(state));
            List<Topology.Shard> made = new ArrayList<>();
            for (int number = 0; number < shards; number++) {
                made.add(new Topology.Shard(number, UUID.randomUUID().toString(), List.of()));
            }
            Topology.Database database = new Topology.Database(name, replicas, made, Slots.even(shards));
            return lead.commit(SystemState.put(database, List.of(), ChangeVector.NONE))
                    .thenCompose(done -> lead.until("database " + name, () -> ready(name)));
        }
        // as it was made: a split since then changes nothing for who makes sure that it exists
        int exist =
                found.database().shards().size() - found.database().divisions().size();
        if (found.database().replicas() != replicas || exist != shards) {
            throw new RookeryException(
                    ErrorCode.ALREADY_EXISTS,
                    "Database " + name + " exists with " + found.database().replicas() + " replicas and " + exist
                            + " shards; asked for " + replicas + " and " + shards);
        }
        return lead.until("database " + name, () -> ready(name));
    }

    /** Every wished replica on a node that is alive votes, and knows who leads. */
    private boolean ready(String name) {
        SystemState state = lead.state();
        SystemState.Base base = state.databases().get(name);
        long alive = state.staying().stream()
                .filter(tag -> watch.info(tag).isPresent())
                .count();
        return base != null
                && base.database().shards().stream().allMatch(shard -> {
                    UUID group = UUID.fromString(shard.group());
                    return base.made().contains((long) shard.number())
                            && shard.nodes().size() >= Math.min(base.database().replicas(), alive)
                            && shard.nodes().stream()
                                    .filter(tag -> watch.info(tag).isPresent())
                                    .allMatch(tag -> watch.votes(group, tag));
                });
    }

    private CompletableFuture<Void> move(ShardMove move) {
        node.level().require(FeatureLevel.SHARDS);
        SystemState state = lead.state();
        SystemState.Base base = state.databases().get(move.database());
        if (base == null) {
            throw new RookeryException(ErrorCode.DATABASE_MISSING, "There is no database " + move.database());
        }
        if (!state.staying().contains(move.to()) || watch.info(move.to()).isEmpty()) {
            throw new RookeryException(
                    ErrorCode.BAD_REQUEST,
                    "Expected a node of the cluster that answers, one of " + state.staying() + ", but found '"
                            + move.to() + "'");
        }
        List<Topology.Shard> shards = new ArrayList<>(base.database().shards());
        Topology.Shard shard = shards.stream()
                .filter(one -> one.number() == move.shard())
                .findFirst()
                .orElseThrow(() -> new RookeryException(
                        ErrorCode.NOT_FOUND, "There is no shard " + move.shard() + " of database " + move.database()));
        if (base.database().splitting().isPresent()) {
            throw new RookeryException(
                    ErrorCode.CONFLICT,
                    "Expected no split under way but a shard of " + move.database() + " is being split; wait for it");
        }
        Topology.Shard moved = move.of(shard);
        CompletableFuture<Void> written = CompletableFuture.completedFuture(null);
        if (!moved.equals(shard)) {
            shards.set(shards.indexOf(shard), moved);
            written = lead.commit(SystemState.put(base.database().withShards(shards), base.made(), base.version()));
        }
        UUID group = UUID.fromString(moved.group());
        return written.thenCompose(done -> lead.until(
                "shard " + move.database() + "/" + move.shard() + " from " + move.from() + " to " + move.to(),
                () -> watch.votes(group, move.to()) && !holds(group, move.from())));
    }

    private CompletableFuture<Void> split(ShardSplitting wanted) {
        node.level().require(FeatureLevel.SPLITS);
        SystemState state = lead.state();
        SystemState.Base base = state.databases().get(wanted.database());
        if (base == null) {
            throw new RookeryException(ErrorCode.DATABASE_MISSING, "There is no database " + wanted.database());
        }
        if (wanted.isUnderWay(base.database())) {
            return divided(wanted, base.database().splitting().get().group());
        }
        requireNoTasks(wanted.database());
        state.requireRoom(1, base.database().replicas(), mostReplicas(state));
        Topology.Database splitting = wanted.of(base.database(), MOST_SHARDS);
        String group = splitting.splitting().orElseThrow().group();
        return lead.decide(
                        SystemState.put(splitting, base.made(), base.version()),
                        "shard is to be split",
                        wanted.database() + "/" + wanted.shard())
                .thenCompose(done -> divided(wanted, group));
    }

    private int mostReplicas(SystemState state) {
        return watch.mostGroups(state.staying()) - 1; // one is the system's
    }

    private void requireNoTasks(String database) {
        if (SystemState.hasTasks(lead.system(), database)) {
            throw new RookeryException(
                    ErrorCode.CONFLICT,
                    "Expected no tasks on database " + database
                            + " but found some: a task has one place in one shard's feed; delete them, split, and put"
                            + " them again where they can run");
        }
    }

    private CompletableFuture<Void> divided(ShardSplitting wanted, String group) {
        String what = "split of " + wanted.database() + "/" + wanted.shard();
        return lead.until(what, () -> database(wanted.database())
                        .map(found -> found.splitting().isEmpty())
                        .orElse(true))
                .thenAccept(done -> {
                    boolean exists = database(wanted.database())
                            .filter(found -> found.shards().stream()
                                    .anyMatch(shard -> shard.group().equals(group)))
                            .isPresent();
                    if (!exists) {
                        throw new RookeryException(
                                ErrorCode.CONFLICT,
                                "The " + what
                                        + " was given up, and nothing was done; the supervisor's decisions say why");
                    }
                });
    }

    private Optional<Topology.Database> database(String name) {
        return Optional.ofNullable(lead.state().databases().get(name)).map(SystemState.Base::database);
    }

    /** Whether the group counts on a node, or the node still has something of it. */
    private boolean holds(UUID group, String tag) {
        return watch.leader(group)
                        .map(leader -> leader.getValue().members().contains(tag))
                        .orElse(true)
                || watch.info(tag).map(info -> info.groups().containsKey(group)).orElse(false);
    }

    private CompletableFuture<Void> delete(String name) {
        SystemState.Base base = lead.state().databases().get(name);
        if (base == null) {
            throw new RookeryException(ErrorCode.DATABASE_MISSING, "There is no database " + name);
        }
        List<Write> writes = new ArrayList<>();
        writes.add(new Write.DeleteDocument(SystemState.DATABASES + name, base.version()));
        writes.add(new Write.DeleteDocument(DatabaseSettings.SETTINGS + name, null));
        writes.add(new Write.DeleteDocument(BackupMark.BACKUPS + name, null));
        writes.add(new Write.DeleteDocument(DatabaseRecords.RESTORES + name, null));
        for (Topology.Shard shard : base.database().shards()) {
            writes.add(SystemState.put(UUID.fromString(shard.group()), shard.nodes(), ChangeVector.NONE));
        }
        base.database()
                .splitting()
                .ifPresent(split ->
                        writes.add(SystemState.put(UUID.fromString(split.group()), split.nodes(), ChangeVector.NONE)));
        return lead.commit(writes.toArray(Write[]::new));
    }
}
