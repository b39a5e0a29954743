package io.rookery.cluster;

import io.rookery.api.ChangeVector;
import io.rookery.api.ErrorCode;
import io.rookery.api.RookeryException;
import io.rookery.api.Transaction;
import io.rookery.api.Write;
import io.rookery.cluster.topology.Decision;
import io.rookery.cluster.topology.MembershipStep;
import io.rookery.cluster.topology.ShardMove;
import io.rookery.cluster.topology.ShardSplitting;
import io.rookery.cluster.topology.Sight;
import io.rookery.cluster.topology.Slots;
import io.rookery.cluster.topology.SystemState;
import io.rookery.cluster.topology.Topology;
import io.rookery.cluster.wire.Failures;
import io.rookery.cluster.wire.NotAppendedException;
import io.rookery.cluster.wire.WireReader;
import io.rookery.cluster.wire.WireWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.regex.Pattern;

/**
 * What operators ask of the cluster. Any node takes the question and hands it to the system shard's leader, which writes
 * down what is wanted and answers when the {@link Reconciler} has brought it about. A second time is harmless.
 */
final class Administration {
    private static final String CREATE = "@database-create";
    /** Not told by {@link #CREATE}: nodes of a time before it know of one shard only. */
    private static final String CREATE_SHARDED = "@database-create-sharded";

    private static final String DELETE = "@database-delete";
    private static final String MOVE = "@shard-move";
    private static final String SPLIT = "@shard-split";
    private static final String ADD = "@node-add";
    private static final String REMOVE = "@node-remove";
    private static final String MARK = "@node-mark";
    private static final String SUSPEND = "@supervisor-suspend";

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.-]{0,63}");
    /** Each is a Raft group with a log and a store of its own: a node shall have few. */
    static final int MOST_SHARDS = 16;

    private static final String ASKED = "it was asked for";
    private static final long WAIT_MILLIS = 60_000;
    private static final long NO_LEADER_NANOS = TimeUnit.SECONDS.toNanos(8);

    private final NodeContext node;
    private final Shards shards;
    private final NodeWatch watch;
    private final DecisionLog log;

    Administration(NodeContext node, Shards shards, NodeWatch watch, DecisionLog log) {
        this.node = node;
        this.shards = shards;
        this.watch = watch;
        this.log = log;
        handle(CREATE, in -> create(in.text(), (int) in.number(), 1));
        handle(CREATE_SHARDED, in -> create(in.text(), (int) in.number(), (int) in.number()));
        handle(DELETE, in -> delete(in.text()));
        handle(MOVE, in -> move(new ShardMove(in.text(), (int) in.number(), in.text(), in.text())));
        handle(SPLIT, in -> split(ShardSplitting.read(in)));
        handle(ADD, in -> add(new Topology.Node(in.text(), in.text(), in.text())));
        handle(REMOVE, in -> remove(in.text()));
        handle(MARK, in -> mark(in.text(), in.text(), in.flag()));
        handle(SUSPEND, in -> suspend(in.flag()));
    }

    private void handle(String kind, Function<WireReader, CompletableFuture<Void>> work) {
        node.peers().handle(kind, question -> {
            if (!shards.system().map(ReplicatedStore::leads).orElse(false)) {
                return CompletableFuture.failedFuture(
                        new NotAppendedException("Node " + node.tag() + " does not lead the cluster"));
            }
            return work.apply(new WireReader(question)).thenApply(done -> new WireWriter(10)
                    .number(system().replica().appliedIndex().reached())
                    .toBytes());
        });
    }

    CompletableFuture<Void> createDatabase(String name, int replicas, int shards) {
        WireWriter question = new WireWriter(64).text(name).number(replicas);
        return shards == 1 ? ask(CREATE, question) : ask(CREATE_SHARDED, question.number(shards));
    }

    CompletableFuture<Void> deleteDatabase(String name) {
        return ask(DELETE, new WireWriter(64).text(name));
    }

    CompletableFuture<Void> moveShard(ShardMove move) {
        return ask(
                MOVE,
                new WireWriter(64)
                        .text(move.database())
                        .number(move.shard())
                        .text(move.from())
                        .text(move.to()));
    }

    CompletableFuture<Void> splitShard(ShardSplitting wanted) {
        return ask(SPLIT, wanted.write(new WireWriter(64)));
    }

    CompletableFuture<Void> addNode(Topology.Node added) {
        return ask(ADD, new WireWriter(128).text(added.tag()).text(added.http()).text(added.raft()));
    }

    CompletableFuture<Void> removeNode(String tag) {
        return ask(REMOVE, new WireWriter(64).text(tag));
    }

    /** @param mark {@link SystemState#DRAINING} or {@link SystemState#WATCHER} */
    CompletableFuture<Void> markNode(String tag, String mark, boolean set) {
        return ask(MARK, new WireWriter(64).text(tag).text(mark).flag(set));
    }

    CompletableFuture<Void> suspendSupervisor(boolean suspended) {
        return ask(SUSPEND, new WireWriter(8).flag(suspended));
    }

    private CompletableFuture<Void> ask(String kind, WireWriter question) {
        // a node may have to give the lead away first, and the next leader goes on
        long patience = kind.equals(MARK) ? TimeUnit.MILLISECONDS.toNanos(WAIT_MILLIS) : NO_LEADER_NANOS;
        return ask(kind, question.toBytes(), System.nanoTime() + patience)
                // what was done is visible here when the call returns
                .thenCompose(answer -> system().applied(new WireReader(answer).number()));
    }

    private CompletableFuture<byte[]> ask(String kind, byte[] question, long deadline) {
        String leader = shards.system().map(ReplicatedStore::leaderTag).orElse(null);
        CompletableFuture<byte[]> answer = leader == null
                ? CompletableFuture.failedFuture(new NotAppendedException("No leader of the cluster is known"))
                : node.peers().ask(leader, kind, question, WAIT_MILLIS + 5_000);
        return answer.exceptionallyCompose(failure -> {
            Throwable cause = Failures.unwrap(failure);
            boolean refused = cause instanceof NotAppendedException
                    || (cause instanceof RookeryException known
                            && known.outcomeKnown()
                            && known.code() == ErrorCode.UNAVAILABLE);
            if (!refused) {
                return CompletableFuture.failedFuture(cause);
            }
            if (System.nanoTime() - deadline > 0) {
                return CompletableFuture.failedFuture(
                        new RookeryException(ErrorCode.NO_LEADER, "Nobody leads the cluster: " + cause.getMessage()));
            }
            return CompletableFuture.supplyAsync(() -> question, node.threads().later(100))
                    .thenCompose(again -> ask(kind, again, deadline));
        });
    }

    private ReplicatedStore system() {
        return shards.system()
                .orElseThrow(() -> new RookeryException(
                        ErrorCode.UNAVAILABLE, "Node " + node.tag() + " is not part of a cluster yet"));
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
        SystemState state = SystemState.read(system());
        SystemState.Base found = state.databases().get(name);
        if (found == null) {
            state.requireRoom(shards, replicas, RaftSettings.mostGroups() - 1); // one is the system's
            List<Topology.Shard> made = new ArrayList<>();
            for (int number = 0; number < shards; number++) {
                made.add(new Topology.Shard(number, UUID.randomUUID().toString(), List.of()));
            }
            Topology.Database database = new Topology.Database(name, replicas, made, Slots.even(shards));
            return commit(SystemState.put(database, List.of(), ChangeVector.NONE))
                    .thenCompose(done -> wait("database " + name, () -> ready(name)));
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
        return wait("database " + name, () -> ready(name));
    }

    /** Every wished replica on a node that is alive votes, and knows who leads. */
    private boolean ready(String name) {
        SystemState state = SystemState.read(system());
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
                                    .allMatch(tag -> votes(group, tag));
                });
    }

    private boolean votes(UUID group, String tag) {
        boolean knows = watch.info(tag)
                .map(info -> info.groups().get(group))
                .map(found -> found.leader() != null)
                .orElse(false);
        return knows
                && watch.leader(group)
                        .map(leader -> leader.getValue().members().contains(tag))
                        .orElse(false);
    }

    private CompletableFuture<Void> move(ShardMove move) {
        node.level().require(FeatureLevel.SHARDS);
        SystemState state = SystemState.read(system());
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
            written = commit(SystemState.put(base.database().withShards(shards), base.made(), base.version()));
        }
        UUID group = UUID.fromString(moved.group());
        return written.thenCompose(done -> wait(
                "shard " + move.database() + "/" + move.shard() + " from " + move.from() + " to " + move.to(),
                () -> votes(group, move.to()) && !holds(group, move.from())));
    }

    private CompletableFuture<Void> split(ShardSplitting wanted) {
        node.level().require(FeatureLevel.SPLITS);
        SystemState state = SystemState.read(system());
        SystemState.Base base = state.databases().get(wanted.database());
        if (base == null) {
            throw new RookeryException(ErrorCode.DATABASE_MISSING, "There is no database " + wanted.database());
        }
        if (wanted.isUnderWay(base.database())) {
            return divided(wanted, base.database().splitting().get().group());
        }
        requireNoTasks(wanted.database());
        state.requireRoom(1, base.database().replicas(), RaftSettings.mostGroups() - 1);
        Topology.Database splitting = wanted.of(base.database(), MOST_SHARDS);
        String group = splitting.splitting().orElseThrow().group();
        return decide(
                        SystemState.put(splitting, base.made(), base.version()),
                        "shard is to be split",
                        wanted.database() + "/" + wanted.shard(),
                        ASKED)
                .thenCompose(done -> divided(wanted, group));
    }

    private void requireNoTasks(String database) {
        if (SystemState.hasTasks(system(), database)) {
            throw new RookeryException(
                    ErrorCode.CONFLICT,
                    "Expected no tasks on database " + database
                            + " but found some: a task has one place in one shard's feed; delete them, split, and put"
                            + " them again where they can run");
        }
    }

    private CompletableFuture<Void> divided(ShardSplitting wanted, String group) {
        String what = "split of " + wanted.database() + "/" + wanted.shard();
        return wait(what, () -> database(wanted.database())
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
        return Optional.ofNullable(SystemState.read(system()).databases().get(name))
                .map(SystemState.Base::database);
    }

    /** Whether the group counts on a node, or the node still has something of it. */
    private boolean holds(UUID group, String tag) {
        return watch.leader(group)
                        .map(leader -> leader.getValue().members().contains(tag))
                        .orElse(true)
                || watch.info(tag).map(info -> info.groups().containsKey(group)).orElse(false);
    }

    private CompletableFuture<Void> delete(String name) {
        SystemState.Base base = SystemState.read(system()).databases().get(name);
        if (base == null) {
            throw new RookeryException(ErrorCode.DATABASE_MISSING, "There is no database " + name);
        }
        List<Write> writes = new ArrayList<>();
        writes.add(new Write.DeleteDocument(SystemState.DATABASES + name, base.version()));
        writes.add(new Write.DeleteDocument(DatabaseSettings.SETTINGS + name, null));
        for (Topology.Shard shard : base.database().shards()) {
            writes.add(SystemState.put(UUID.fromString(shard.group()), shard.nodes(), ChangeVector.NONE));
        }
        base.database()
                .splitting()
                .ifPresent(split ->
                        writes.add(SystemState.put(UUID.fromString(split.group()), split.nodes(), ChangeVector.NONE)));
        return commit(writes.toArray(Write[]::new));
    }

    private CompletableFuture<Void> add(Topology.Node added) {
        SystemState.Member known = SystemState.read(system()).nodes().get(added.tag());
        if (known != null && !known.node().raft().equals(added.raft())) {
            throw new RookeryException(
                    ErrorCode.ALREADY_EXISTS,
                    "Node " + added.tag() + " exists at " + known.node().raft());
        }
        UUID cluster = system().definition().group();
        return watch.askAt(added.raft()).thenCompose(info -> {
            if (!info.tag().equals(added.tag())
                    || (info.system() != null && !info.system().equals(cluster))) {
                throw new RookeryException(
                        ErrorCode.CONFLICT,
                        "Expected node " + added.tag() + ", in no cluster or this one, at " + added.raft()
                                + " but found " + info.tag() + " in " + info.system());
            }
            if (info.level() < node.level().known()) {
                throw new RookeryException(
                        ErrorCode.CONFLICT,
                        "Expected a node that can do feature level "
                                + node.level().known() + " but " + added.tag() + " can only do " + info.level()
                                + ": start it with a newer release");
            }
            Set<String> marks = new TreeSet<>(known == null ? Set.of() : known.marks());
            marks.remove(SystemState.LEAVING);
            ChangeVector expected = known == null ? ChangeVector.NONE : known.version();
            return decide(SystemState.put(added, marks, expected), "node added", added.tag(), ASKED)
                    .thenCompose(done -> wait("node " + added.tag(), () -> votes(cluster, added.tag())));
        });
    }

    private CompletableFuture<Void> remove(String tag) {
        SystemState state = SystemState.read(system());
        SystemState.Member known = state.nodes().get(tag);
        if (known == null) {
            throw new RookeryException(ErrorCode.NOT_FOUND, "There is no node " + tag);
        }
        if (state.staying().equals(List.of(tag))) {
            throw new RookeryException(ErrorCode.BAD_REQUEST, "Node " + tag + " is the cluster's last one");
        }
        if (known.is(SystemState.LEAVING)) {
            return gone(tag);
        }
        return decide(known.marked(SystemState.LEAVING, true), "node removed", tag, ASKED)
                .thenCompose(done -> gone(tag));
    }

    private CompletableFuture<Void> gone(String tag) {
        return wait(
                "removal of node " + tag,
                () -> !SystemState.read(system()).nodes().containsKey(tag));
    }

    private CompletableFuture<Void> mark(String tag, String mark, boolean set) {
        SystemState state = SystemState.read(system());
        SystemState.Member known = state.nodes().get(tag);
        if (known == null) {
            throw new RookeryException(ErrorCode.NOT_FOUND, "There is no node " + tag);
        }
        if (set && state.staying().stream().allMatch(one -> one.equals(tag) || state.is(one, mark))) {
            throw new RookeryException(
                    ErrorCode.BAD_REQUEST,
                    "Expected another node that is not " + word(mark) + " but " + tag + " is the last one");
        }
        if (known.is(mark) == set) {
            return set ? wait(word(mark) + " node " + tag, () -> idle(tag, mark)) : done();
        }
        CompletableFuture<Void> written =
                decide(known.marked(mark, set), "node " + (set ? "" : "no longer ") + word(mark), tag, ASKED);
        return set ? written.thenCompose(done -> wait(word(mark) + " node " + tag, () -> idle(tag, mark))) : written;
    }

    private static String word(String mark) {
        return mark.equals(SystemState.DRAINING) ? "drained" : "demoted";
    }

    /** Nothing is left on the node that could be elsewhere. */
    private boolean idle(String tag, String mark) {
        SystemState state = SystemState.read(system());
        Sight sight = watch.sight(state.nodes().keySet());
        if (sight.nodes().values().stream().anyMatch(one -> one.alive() && !one.answered())) {
            return false; // this node leads for a moment only: who leads what is not known yet
        }
        Set<String> shallNot = state.tags(mark);
        if (mark.equals(SystemState.WATCHER)) {
            return MembershipStep.leadInstead(system().definition().group(), sight, shallNot)
                    .isEmpty();
        }
        boolean leads = sight.groups().entrySet().stream()
                .anyMatch(group -> group.getValue().leader().equals(tag)
                        && MembershipStep.leadInstead(group.getKey(), sight, shallNot)
                                .isPresent());
        return !leads && Supervisor.settled(system(), state, sight, tag);
    }

    private CompletableFuture<Void> suspend(boolean suspended) {
        SystemState state = SystemState.read(system());
        if (state.suspended() == suspended) {
            return done();
        }
        ChangeVector expected =
                state.suspension().map(SystemState.Suspension::version).orElse(ChangeVector.NONE);
        return decide(
                SystemState.suspend(suspended, expected),
                "supervisor " + (suspended ? "suspended" : "resumed"),
                "the cluster",
                ASKED);
    }

    private static CompletableFuture<Void> done() {
        return CompletableFuture.completedFuture(null);
    }

    private CompletableFuture<Void> decide(Write write, String what, String of, String why) {
        return log.commit(system(), List.of(write), List.of(Decision.of(System.currentTimeMillis(), what, of, why)));
    }

    private CompletableFuture<Void> commit(Write... writes) {
        return system().commit(Transaction.of(List.of(writes), System.currentTimeMillis()))
                .thenApply(done -> null);
    }

    /** Whoever leads then goes on when this node gave the lead away meanwhile. */
    private BooleanSupplier whileLeading(BooleanSupplier condition) {
        return () -> {
            if (!system().leads()) {
                throw new NotAppendedException("Node " + node.tag() + " does not lead the cluster any more");
            }
            return condition.getAsBoolean();
        };
    }

    private CompletableFuture<Void> wait(String what, BooleanSupplier condition) {
        return node.threads().until(WAIT_MILLIS, whileLeading(condition)).thenAccept(holds -> {
            if (!holds) {
                throw RookeryException.outcomeUnknown(
                        ErrorCode.TIMEOUT,
                        "It is written down and goes on, but was not finished in " + WAIT_MILLIS / 1000 + " s: " + what,
                        null);
            }
        });
    }
}
