package io.rookery.cluster;

import io.rookery.api.ErrorCode;
import io.rookery.api.RookeryException;
import io.rookery.api.Write;
import io.rookery.cluster.topology.Decision;
import io.rookery.cluster.topology.SystemState;
import io.rookery.cluster.topology.Topology;
import io.rookery.cluster.wire.Failures;
import io.rookery.cluster.wire.WireWriter;
import io.rookery.store.Command;
import io.rookery.store.Outcome;
import io.rookery.store.Split;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.apache.ratis.protocol.RaftPeer;

/**
 * Carries out one split, on the system's leader: the entry that splits the shard, the new group from what that entry left on
 * each node, the new owner of the slots in the topology. Between the first and the last nobody has the slots that move, so
 * nothing here waits for a round. Each step may be done again: whoever leads next begins from the first.
 */
final class ShardSplit {
    private static final long ASK_MILLIS = 5_000;
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(10);
    private static final long PAUSE_MILLIS = 20;

    private final NodeContext node;
    private final Shards shards;
    private final NodeWatch watch;
    private final DecisionLog decisions;

    ShardSplit(NodeContext node, Shards shards, NodeWatch watch, DecisionLog decisions) {
        this.node = node;
        this.shards = shards;
        this.watch = watch;
        this.decisions = decisions;
    }

    /**
     * Completes when the new shard has its slots and each member that answers has begun, or the split was refused for good
     * and is given up.
     */
    CompletableFuture<Void> run(ReplicatedStore system, SystemState state, Topology.Database database) {
        Topology.Splitting split = database.splitting().orElseThrow();
        Topology.Shard from = database.shards().get(split.shard());
        ShardDefinition source = ShardDefinition.of(UUID.fromString(from.group()), database.name(), split.shard());
        ShardDefinition target = ShardDefinition.of(UUID.fromString(split.group()), database.name(), split.number());
        Command command = new Command.Split(source.tag(), target.tag(), split.first(), split.last());
        return new AnyShard(shards, new RemoteShard(node, source, from.nodes()))
                .submit(command)
                .orTimeout(ASK_MILLIS, TimeUnit.MILLISECONDS)
                .thenCompose(outcome -> outcome instanceof Outcome.Divided divided
                        ? begin(
                                question(state, split, divided.split(), List.of(source, target)),
                                split,
                                target,
                                () -> finish(system, database.name(), divided.split()))
                        : giveUp(system, database.name(), ((Outcome.Undivided) outcome).why()));
    }

    private static byte[] question(
            SystemState state, Topology.Splitting split, Split done, List<ShardDefinition> sourceAndTarget) {
        WireWriter out = new WireWriter(256).text(sourceAndTarget.get(0).group().toString());
        sourceAndTarget.get(1).write(out);
        List<RaftPeer> members = split.nodes().stream()
                .map(tag -> Members.peer(tag, state.nodes().get(tag).node().raft()))
                .toList();
        Members.write(out.number(done.index()), members);
        return out.toBytes();
    }

    /**
     * A majority of the members is enough to finish, as ever; the first that is there stands for election without waiting.
     * The others have their time all the same: who has not begun yet shall not be taken for one that lost its replica.
     */
    private CompletableFuture<Void> begin(
            byte[] question,
            Topology.Splitting split,
            ShardDefinition target,
            Supplier<CompletableFuture<Void>> finish) {
        long deadline = System.nanoTime() + PATIENCE_NANOS;
        AtomicInteger begun = new AtomicInteger();
        CompletableFuture<String> majority = new CompletableFuture<>();
        List<CompletableFuture<?>> all = new ArrayList<>();
        for (String tag : split.nodes()) {
            CompletableFuture<?> one = again(() -> node.peers().ask(tag, Shards.BEGIN, question, ASK_MILLIS), deadline);
            all.add(one.handle((done, failure) -> {
                if (failure == null && begun.incrementAndGet() > split.nodes().size() / 2) {
                    majority.complete(tag);
                }
                return null;
            }));
        }
        return majority.orTimeout(PATIENCE_NANOS, TimeUnit.NANOSECONDS)
                .thenCompose(tag -> elect(tag, target.group()))
                .thenCompose(asked -> again(() -> led(split.nodes(), target.group()), deadline))
                .thenCompose(led -> finish.get())
                .thenCompose(done -> CompletableFuture.allOf(all.toArray(CompletableFuture[]::new)));
    }

    private CompletableFuture<Void> elect(String tag, UUID group) {
        return node.peers()
                .ask(
                        tag,
                        Shards.ELECT,
                        new WireWriter(40).text(group.toString()).toBytes(),
                        ASK_MILLIS)
                .handle((done, failure) -> null); // then it is elected when its time is over
    }

    private CompletableFuture<Void> led(List<String> nodes, UUID group) {
        List<CompletableFuture<?>> asked = nodes.stream()
                .<CompletableFuture<?>>map(tag -> watch.ask(tag).handle((info, failure) -> null))
                .toList();
        // one that is down keeps nobody waiting
        return CompletableFuture.anyOf(
                        CompletableFuture.allOf(asked.toArray(CompletableFuture[]::new)),
                        CompletableFuture.runAsync(() -> {}, node.threads().later(100)))
                .thenAccept(done -> {
                    if (watch.leader(group).isEmpty()) {
                        throw new RookeryException(ErrorCode.NO_LEADER, "Nobody leads " + group);
                    }
                });
    }

    private <T> CompletableFuture<T> again(Supplier<CompletableFuture<T>> attempt, long deadline) {
        return attempt.get()
                .exceptionallyCompose(failure -> System.nanoTime() - deadline > 0
                        ? CompletableFuture.failedFuture(Failures.unwrap(failure))
                        : CompletableFuture.supplyAsync(
                                        () -> null, node.threads().later(PAUSE_MILLIS))
                                .thenCompose(pause -> again(attempt, deadline)));
    }

    /** From what is written now: the database may have changed meanwhile, the split has not. */
    private CompletableFuture<Void> finish(ReplicatedStore system, String name, Split done) {
        SystemState.Base base = SystemState.read(system).databases().get(name);
        if (base == null || base.database().splitting().isEmpty()) {
            return CompletableFuture.completedFuture(null); // deleted, or another leader was faster
        }
        Topology.Splitting split = base.database().splitting().get();
        List<Long> made = new ArrayList<>(base.made());
        made.add((long) split.number());
        return decisions.commit(
                system,
                List.of(SystemState.put(base.database().divided(done.head(), done.index()), made, base.version())),
                List.of(decision(
                        "shard split",
                        name + "/" + split.shard(),
                        "slots " + split.first() + " to " + split.last() + " are in shard " + split.number())));
    }

    /** Nothing of it was done. */
    CompletableFuture<Void> giveUp(ReplicatedStore system, String name, String why) {
        SystemState.Base base = SystemState.read(system).databases().get(name);
        if (base == null || base.database().splitting().isEmpty()) {
            return CompletableFuture.completedFuture(null);
        }
        Write without = SystemState.put(base.database().with(Optional.empty()), base.made(), base.version());
        String of = name + "/" + base.database().splitting().get().shard();
        return decisions.commit(system, List.of(without), List.of(decision("shard not split", of, why)));
    }

    private static Decision decision(String what, String of, String why) {
        return Decision.of(System.currentTimeMillis(), what, of, why);
    }
}
