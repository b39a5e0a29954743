package io.rookery.cluster;

import io.rookery.api.Transaction;
import io.rookery.api.Write;
import io.rookery.cluster.topology.MembershipStep;
import io.rookery.cluster.topology.Placement;
import io.rookery.cluster.topology.Sight;
import io.rookery.cluster.topology.SystemState;
import io.rookery.cluster.topology.Topology;
import io.rookery.cluster.wire.Failures;
import io.rookery.cluster.wire.NotAppendedException;
import io.rookery.cluster.wire.WireWriter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.apache.ratis.protocol.RaftPeer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings Raft groups in line with the system shard's documents, on its leader. Every round starts from what is written
 * there and what the nodes say; a group has one change of its members under way, and a few groups at once have one:
 * whatever was interrupted goes on with the next round, on the next leader. One thread; nothing of a group keeps it waiting.
 */
final class Reconciler {
    private static final Logger LOG = LoggerFactory.getLogger(Reconciler.class);
    private static final long ASK_MILLIS = 10_000;
    /** A newcomer catches up before it counts, maybe by a snapshot. */
    private static final long CHANGE_MILLIS = 60_000;
    /** So many groups change at once: each may send a snapshot. */
    private static final int MOST_CHANGES = 4;
    /** A follower that lacks no more will have the entry that splits a shard in a moment. */
    private static final long NEAR_ENTRIES = 1_000;

    private static final long PAUSE_NANOS = TimeUnit.SECONDS.toNanos(1);
    /** Leaders move seldom: each move is an election. */
    private static final long BALANCE_NANOS = TimeUnit.SECONDS.toNanos(5);

    private final NodeContext node;
    private final NodeWatch watch;
    private final ShardSplit splits;
    private final Map<UUID, CompletableFuture<?>> changing = new HashMap<>();
    private final Map<UUID, Long> pausedUntil = new ConcurrentHashMap<>();
    private final Map<String, String> told = new ConcurrentHashMap<>();
    private long balanced = System.nanoTime();
    private Sight sight;

    Reconciler(NodeContext node, NodeWatch watch, ShardSplit splits) {
        this.splits = splits;
        this.node = node;
        this.watch = watch;
    }

    void round(ReplicatedStore system, SystemState state) {
        sight = watch.sight(state.nodes().keySet());
        changing.values().removeIf(CompletableFuture::isDone);
        for (SystemState.Base base : state.databases().values()) {
            attempt("database " + base.database().name(), () -> align(system, state, base));
        }
        attempt("leaders", () -> balance(state));
        for (SystemState.Removed removed : state.removed()) {
            attempt("removed group " + removed.group(), () -> remove(system, state, removed));
        }
        for (SystemState.Member member : state.nodes().values()) {
            if (member.is(SystemState.LEAVING)) {
                attempt("leaving node " + member.node().tag(), () -> forget(system, state, member));
            }
        }
        // last: when it gives the lead away, the next leader goes on from here
        attempt("members of the cluster", () -> align(state, system.definition(), state.staying()));
    }

    private void attempt(String what, Runnable step) {
        try {
            step.run();
        } catch (RuntimeException e) {
            tell(what, e);
        }
    }

    /** The same trouble again and again is told once. */
    private void tell(String what, Throwable failure) {
        String message = String.valueOf(Failures.unwrap(failure).getMessage());
        if (!message.equals(told.put(what, message))) {
            LOG.info("{} could not be brought in line yet: {}", what, message);
        }
    }

    private void align(ReplicatedStore system, SystemState state, SystemState.Base base) {
        Topology.Database database = base.database();
        Placement placement = state.placement();
        List<Topology.Shard> wanted = database.shards().stream()
                .map(shard -> isSplit(database, shard) ? shard : moved(nodesFor(state, database, shard, placement)))
                .toList();
        if (!wanted.equals(database.shards())) {
            commit(system, SystemState.put(database.withShards(wanted), base.made(), base.version()));
            return; // the next round works from what is written
        }
        List<Long> made = new ArrayList<>(base.made());
        if (database.splitting().isPresent()) {
            split(system, state, base);
        }
        for (Topology.Shard shard : database.shards()) {
            ShardDefinition definition =
                    ShardDefinition.of(UUID.fromString(shard.group()), database.name(), shard.number());
            if (isSplit(database, shard)) {
                continue; // its members stay who they are, and so begin the new shard
            }
            if (base.made().contains((long) shard.number())) {
                align(state, definition, shard.nodes());
            } else if (sight.group(definition.group()).isPresent()) {
                made.add((long) shard.number());
            } else if (!shard.nodes().isEmpty() && free(definition.group())) {
                // always the same first node: the group begins there, alone, and grows like any other
                String first = shard.nodes().get(0);
                start(definition, addGroup(first, definition, List.of(peer(state, first))));
            }
        }
        if (made.size() > base.made().size()) {
            commit(system, SystemState.put(database, made, base.version()));
        }
    }

    private static boolean isSplit(Topology.Database database, Topology.Shard shard) {
        return database.splitting()
                .filter(split -> split.shard() == shard.number())
                .isPresent();
    }

    /** First where the new shard begins is written down, then it is done. */
    private void split(ReplicatedStore system, SystemState state, SystemState.Base base) {
        Topology.Database database = base.database();
        Topology.Splitting split = database.splitting().orElseThrow();
        UUID source = UUID.fromString(database.shards().get(split.shard()).group());
        ShardDefinition target = ShardDefinition.of(UUID.fromString(split.group()), database.name(), split.number());
        if (!free(target.group())) {
            return;
        }
        if (!split.nodes().isEmpty()) {
            start(target, splits.run(system, state, database));
            return;
        }
        if (SystemState.hasTasks(system, database.name())) {
            start(target, splits.giveUp(system, database.name(), "tasks run on the database"));
            return;
        }
        Sight.Group group = sight.group(source).orElse(null);
        boolean ready = group != null
                && !changing.containsKey(source)
                && state.nodes().keySet().containsAll(group.members())
                && sight.majority(source, group.members())
                && nearMajority(group);
        if (ready) {
            Topology.Database chosen = database.with(Optional.of(split.on(group.members())));
            commit(system, SystemState.put(chosen, base.made(), base.version()));
        }
    }

    /** Who is far behind comes late to the entry that splits, and would keep the new shard waiting. */
    private static boolean nearMajority(Sight.Group group) {
        long near = group.members().stream()
                .filter(tag ->
                        tag.equals(group.leader()) || group.lag().getOrDefault(tag, Long.MAX_VALUE) <= NEAR_ENTRIES)
                .count();
        return near > group.members().size() / 2;
    }

    /** Keeps the nodes that stay and fills up with the least loaded ones that answer; drained ones only when there are no others. */
    private Topology.Shard nodesFor(
            SystemState state, Topology.Database database, Topology.Shard shard, Placement placement) {
        List<String> nodes = new ArrayList<>(shard.nodes());
        nodes.retainAll(state.staying());
        List<String> leaving = new ArrayList<>(shard.leaving());
        leaving.retainAll(nodes);
        int wanted =
                leaving.size() + Math.min(database.replicas(), state.staying().size() - leaving.size());
        List<String> able = state.staying().stream().filter(sight::answers).toList();
        List<String> rested = able.stream()
                .filter(tag -> nodes.contains(tag) || !state.is(tag, SystemState.DRAINING))
                .toList();
        return new Topology.Shard(
                shard.number(),
                shard.group(),
                placement.fill(nodes, wanted, rested.size() < wanted ? able : rested),
                leaving);
    }

    /** Without the nodes that leave, once all others have a replica that counts. */
    private Topology.Shard moved(Topology.Shard shard) {
        if (shard.leaving().isEmpty()) {
            return shard;
        }
        boolean complete = !shard.staying().isEmpty()
                && sight.group(UUID.fromString(shard.group()))
                        .map(group -> group.members().containsAll(shard.staying()))
                        .orElse(false);
        return complete ? new Topology.Shard(shard.number(), shard.group(), shard.staying()) : shard;
    }

    /** At most one leader at a time is asked to hand on; when it cannot, the next look decides anew. */
    private void balance(SystemState state) {
        if (state.suspended() || System.nanoTime() - balanced < BALANCE_NANOS) {
            return;
        }
        balanced = System.nanoTime();
        List<Topology.Database> databases = state.databases().values().stream()
                .map(SystemState.Base::database)
                .toList();
        new LeaderBalance(databases, watch)
                .next()
                .filter(move -> !state.is(move.to(), SystemState.DRAINING)
                        && sight.group(move.shard().group())
                                .map(group -> group.leader().equals(move.from()))
                                .orElse(false)
                        && free(move.shard().group()))
                .ifPresent(move -> start(move.shard(), give(move.shard(), move.to())));
    }

    private void align(SystemState state, ShardDefinition shard, List<String> wanted) {
        UUID group = shard.group();
        if (sight.group(group).isEmpty() || !free(group)) {
            return;
        }
        Optional<String> lead = MembershipStep.leadInstead(group, sight, shallNotLead(state, shard, wanted));
        if (lead.isPresent()) {
            start(shard, give(shard, lead.get()));
            return;
        }
        MembershipStep.next(group, sight, wanted).ifPresent(step -> start(shard, take(state, shard, step)));
    }

    private Set<String> shallNotLead(SystemState state, ShardDefinition shard, List<String> wanted) {
        Set<String> tags = new TreeSet<>(state.tags(SystemState.DRAINING));
        if (shard.isSystem()) {
            tags.addAll(state.tags(SystemState.WATCHER));
        }
        sight.groups().get(shard.group()).members().stream()
                .filter(tag -> !wanted.contains(tag))
                .forEach(tags::add);
        return tags;
    }

    private boolean free(UUID group) {
        Long paused = pausedUntil.get(group);
        return !changing.containsKey(group)
                && changing.size() < MOST_CHANGES
                && (paused == null || System.nanoTime() - paused >= 0);
    }

    private void start(ShardDefinition shard, CompletableFuture<?> change) {
        String what = shard.database() + "/" + shard.shard();
        changing.put(shard.group(), change.whenComplete((done, failure) -> {
            if (failure == null) {
                told.remove(what);
            } else {
                pausedUntil.put(shard.group(), System.nanoTime() + PAUSE_NANOS);
                tell(what, failure);
            }
        }));
    }

    private CompletableFuture<?> take(SystemState state, ShardDefinition shard, MembershipStep step) {
        if (step instanceof MembershipStep.Open open) {
            return addGroup(open.tag(), shard, List.of());
        }
        if (step instanceof MembershipStep.Change change) {
            return change(state, shard, change.members(), change.why());
        }
        if (step instanceof MembershipStep.Lost lost) {
            return watch.ask(lost.tag())
                    .thenCompose(info -> info.groups().containsKey(shard.group())
                            ? CompletableFuture.completedFuture(null)
                            : change(state, shard, lost.left(), "node " + lost.tag() + " has lost its replica"));
        }
        String tag = ((MembershipStep.Close) step).tag();
        LOG.info("Node {} is no member of {}/{}: its replica goes", tag, shard.database(), shard.shard());
        return removeGroup(tag, shard.group()).thenCompose(done -> watch.ask(tag));
    }

    private static RaftPeer peer(SystemState state, String tag) {
        return Members.peer(tag, state.nodes().get(tag).node().raft());
    }

    private CompletableFuture<?> addGroup(String tag, ShardDefinition shard, List<RaftPeer> peers) {
        byte[] question = Shards.addQuestion(shard, peers, node.room().isSmall());
        return node.peers().ask(tag, Shards.ADD, question, ASK_MILLIS).thenCompose(done -> watch.ask(tag));
    }

    private CompletableFuture<byte[]> removeGroup(String tag, UUID group) {
        return node.peers()
                .ask(
                        tag,
                        Shards.REMOVE,
                        new WireWriter(40).text(group.toString()).toBytes(),
                        ASK_MILLIS);
    }

    private CompletableFuture<?> change(SystemState state, ShardDefinition shard, List<String> members, String why) {
        Sight.Group group = sight.groups().get(shard.group());
        return expectMajorities(shard.group(), List.of(group.members(), members))
                .thenCompose(there -> {
                    LOG.info("Members of {}/{} become {}: {}", shard.database(), shard.shard(), members, why);
                    WireWriter question = new WireWriter(256).text(shard.group().toString());
                    Members.write(question, peers(state, members));
                    Members.write(
                            question,
                            // compared by their tags
                            group.members().stream()
                                    .map(tag -> Members.peer(tag, ""))
                                    .toList());
                    return node.peers().ask(group.leader(), GroupLead.MEMBERS, question.toBytes(), CHANGE_MILLIS);
                })
                .thenCompose(done -> watch.ask(group.leader()));
    }

    /** As of now: with a member that has just ended, a change that has begun would keep the group waiting for it. */
    private CompletableFuture<Void> expectMajorities(UUID group, List<List<String>> groups) {
        Map<String, CompletableFuture<Boolean>> holds = new HashMap<>();
        groups.stream()
                .flatMap(List::stream)
                .forEach(tag -> holds.computeIfAbsent(tag, one -> watch.ask(one)
                        .handle((info, failure) ->
                                failure == null && info.groups().containsKey(group))));
        return CompletableFuture.allOf(holds.values().toArray(CompletableFuture[]::new))
                .thenAccept(asked -> {
                    for (List<String> members : groups) {
                        long there = members.stream()
                                .filter(tag -> holds.get(tag).join())
                                .count();
                        if (there <= members.size() / 2) {
                            throw new NotAppendedException("Too few of " + members + " answer to change the members");
                        }
                    }
                });
    }

    private static List<RaftPeer> peers(SystemState state, List<String> tags) {
        return tags.stream()
                .filter(state.nodes()::containsKey)
                .map(tag -> peer(state, tag))
                .toList();
    }

    private CompletableFuture<?> give(ShardDefinition shard, String to) {
        String leader = sight.groups().get(shard.group()).leader();
        LOG.info("The lead of {}/{} goes from {} to {}", shard.database(), shard.shard(), leader, to);
        byte[] question =
                new WireWriter(64).text(shard.group().toString()).text(to).toBytes();
        return node.peers().ask(leader, GroupLead.GIVE, question, ASK_MILLIS).thenCompose(done -> watch.ask(leader)
                .thenCombine(watch.ask(to), (one, other) -> other));
    }

    private void remove(ReplicatedStore system, SystemState state, SystemState.Removed removed) {
        if (changing.containsKey(removed.group())) {
            return; // it is just being made by a split
        }
        List<String> left = new ArrayList<>();
        for (String tag : removed.nodes()) {
            if (state.nodes().containsKey(tag)) {
                try {
                    removeGroup(tag, removed.group()).join();
                } catch (RuntimeException e) {
                    left.add(tag);
                }
            }
        }
        if (left.isEmpty()) {
            commit(system, new Write.DeleteDocument(SystemState.REMOVED + removed.group(), removed.version()));
        } else if (!left.equals(removed.nodes())) {
            commit(system, SystemState.put(removed.group(), left, removed.version()));
        }
    }

    /** A node is forgotten when no group counts on it any more, and it has nothing left when it can be asked. */
    private void forget(ReplicatedStore system, SystemState state, SystemState.Member member) {
        String tag = member.node().tag();
        boolean needed = state.databases().values().stream()
                .flatMap(base -> base.database().shards().stream())
                .anyMatch(shard -> shard.nodes().contains(tag) || isMember(UUID.fromString(shard.group()), tag));
        boolean holds = sight.answers(tag) && !sight.nodes().get(tag).holds().isEmpty();
        if (!needed && !holds && !isMember(system.definition().group(), tag)) {
            commit(system, new Write.DeleteDocument(SystemState.NODES + tag, member.version()));
        }
    }

    private boolean isMember(UUID group, String tag) {
        return sight.group(group).map(found -> found.members().contains(tag)).orElse(true); // nobody can say: not yet
    }

    static void commit(ReplicatedStore system, Write... writes) {
        system.commit(Transaction.of(List.of(writes), System.currentTimeMillis()))
                .orTimeout(15, TimeUnit.SECONDS)
                .join();
    }
}
