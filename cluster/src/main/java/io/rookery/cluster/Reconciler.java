package io.rookery.cluster;

import io.rookery.api.ChangeVector;
import io.rookery.api.Transaction;
import io.rookery.api.Write;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.ratis.protocol.RaftPeer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings Raft groups in line with the system shard's documents, on its leader. Every round starts from what is written
 * there and what the nodes say, and does at most one change of a group's members: whatever was interrupted goes on with
 * the next round, on the next leader. One thread.
 */
final class Reconciler {
    static final String MEMBERS = "@members";

    private static final Logger LOG = LoggerFactory.getLogger(Reconciler.class);
    private static final long ASK_MILLIS = 10_000;
    /** A newcomer catches up before it counts, maybe by a snapshot. */
    private static final long CHANGE_MILLIS = 60_000;

    private final NodeContext node;
    private final NodeWatch watch;

    Reconciler(NodeContext node, NodeWatch watch) {
        this.node = node;
        this.watch = watch;
    }

    void round(ReplicatedStore system) {
        SystemState state = SystemState.read(system);
        attempt("members of the cluster", () -> align(state, system.definition(), state.staying(), null));
        for (SystemState.Base base : state.databases().values()) {
            attempt("database " + base.database().name(), () -> align(system, state, base));
        }
        for (SystemState.Removed removed : state.removed()) {
            attempt("removed group " + removed.group(), () -> remove(system, state, removed));
        }
        for (SystemState.Member member : state.nodes().values()) {
            if (member.leaving()) {
                attempt("leaving node " + member.node().tag(), () -> forget(system, state, member));
            }
        }
    }

    private static void attempt(String what, Runnable step) {
        try {
            step.run();
        } catch (RuntimeException e) {
            LOG.info(
                    "{} could not be brought in line yet: {}",
                    what,
                    Failures.unwrap(e).getMessage());
        }
    }

    private void align(ReplicatedStore system, SystemState state, SystemState.Base base) {
        Topology.Database database = base.database();
        List<Topology.Shard> wanted = new ArrayList<>();
        for (Topology.Shard shard : database.shards()) {
            wanted.add(new Topology.Shard(shard.number(), shard.group(), nodesFor(state, database, shard)));
        }
        if (!wanted.equals(database.shards())) {
            commit(
                    system,
                    SystemState.put(
                            new Topology.Database(database.name(), database.replicas(), wanted),
                            base.made(),
                            base.version()));
            return; // the next round works from what is written
        }
        for (Topology.Shard shard : database.shards()) {
            ShardDefinition definition =
                    ShardDefinition.of(UUID.fromString(shard.group()), database.name(), shard.number());
            if (base.made().contains((long) shard.number())) {
                align(state, definition, shard.nodes(), null);
            } else {
                List<Long> made = new ArrayList<>(base.made());
                made.add((long) shard.number());
                align(
                        state,
                        definition,
                        shard.nodes(),
                        () -> commit(system, SystemState.put(database, made, base.version())));
            }
        }
    }

    /** Keeps the nodes that stay and fills up with the least loaded ones that are alive. */
    private List<String> nodesFor(SystemState state, Topology.Database database, Topology.Shard shard) {
        List<String> nodes = new ArrayList<>(shard.nodes());
        nodes.retainAll(state.staying());
        int wanted = Math.min(database.replicas(), state.staying().size());
        state.staying().stream()
                .filter(tag -> !nodes.contains(tag) && watch.info(tag).isPresent())
                .sorted(Comparator.comparingLong(tag -> load(state, tag)))
                .limit(Math.max(0, wanted - nodes.size()))
                .forEach(nodes::add);
        return List.copyOf(nodes);
    }

    private static long load(SystemState state, String tag) {
        return state.databases().values().stream()
                .flatMap(base -> base.database().shards().stream())
                .filter(shard -> shard.nodes().contains(tag))
                .count();
    }

    /** @param made called once the group exists; null when that is known */
    private void align(SystemState state, ShardDefinition shard, List<String> wanted, Runnable made) {
        Optional<Map.Entry<String, NodeWatch.Group>> leader = watch.leader(shard.group());
        if (leader.isEmpty()) {
            if (made != null && !wanted.isEmpty()) {
                // always the same first node: the group begins there, alone, and grows like any other
                String first = wanted.get(0);
                addGroup(first, shard, List.of(peer(state, first)));
            }
            return;
        }
        if (made != null) {
            made.run();
            return;
        }
        List<String> members = leader.get().getValue().members();
        for (String member : members) {
            if (watch.info(member).isPresent()
                    && !watch.ask(member).join().groups().containsKey(shard.group())) {
                // its disk was replaced: it has forgotten whom it voted for, and comes back as a new member
                LOG.warn("Node {} has lost its replica of {}; adding it again", member, shard.database());
                change(state, leader.get().getKey(), shard, without(members, member));
                return;
            }
        }
        for (String tag : wanted) {
            if (!members.contains(tag) && watch.info(tag).isPresent()) {
                if (!watch.ask(tag).join().groups().containsKey(shard.group())) {
                    addGroup(tag, shard, List.of());
                }
                List<String> more = new ArrayList<>(members);
                more.add(tag);
                change(state, leader.get().getKey(), shard, more);
                return;
            }
        }
        for (String member : members) {
            if (!wanted.contains(member) && members.size() > 1) {
                change(state, leader.get().getKey(), shard, without(members, member));
                removeGroup(member, shard.group());
                return;
            }
        }
    }

    private static List<String> without(List<String> members, String tag) {
        return members.stream().filter(member -> !member.equals(tag)).toList();
    }

    private static RaftPeer peer(SystemState state, String tag) {
        return Members.peer(tag, state.nodes().get(tag).node().raft());
    }

    private void addGroup(String tag, ShardDefinition shard, List<RaftPeer> peers) {
        node.peers()
                .ask(tag, Shards.ADD, Shards.addQuestion(shard, peers), ASK_MILLIS)
                .join();
    }

    private CompletableFuture<byte[]> removeGroup(String tag, UUID group) {
        return node.peers()
                .ask(
                        tag,
                        Shards.REMOVE,
                        new WireWriter(40).text(group.toString()).toBytes(),
                        ASK_MILLIS);
    }

    private void change(SystemState state, String leader, ShardDefinition shard, List<String> members) {
        LOG.info("Members of {}/{} become {}", shard.database(), shard.shard(), members);
        List<RaftPeer> peers = members.stream()
                .filter(state.nodes()::containsKey)
                .map(tag -> peer(state, tag))
                .toList();
        WireWriter question = new WireWriter(256).text(shard.group().toString());
        Members.write(question, peers);
        node.peers().ask(leader, MEMBERS, question.toBytes(), CHANGE_MILLIS).join();
        watch.ask(leader).join();
    }

    private void remove(ReplicatedStore system, SystemState state, SystemState.Removed removed) {
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

    /** A node is forgotten when no group counts on it any more. */
    private void forget(ReplicatedStore system, SystemState state, SystemState.Member member) {
        String tag = member.node().tag();
        boolean needed = state.databases().values().stream()
                .flatMap(base -> base.database().shards().stream())
                .anyMatch(shard -> shard.nodes().contains(tag) || isMember(UUID.fromString(shard.group()), tag));
        if (!needed && !isMember(system.definition().group(), tag)) {
            commit(system, new Write.DeleteDocument(SystemState.NODES + tag, member.version()));
        }
    }

    private boolean isMember(UUID group, String tag) {
        return watch.leader(group)
                .map(leader -> leader.getValue().members().contains(tag))
                .orElse(true); // nobody can say: not yet
    }

    static void commit(ReplicatedStore system, Write... writes) {
        system.commit(Transaction.of(List.of(writes), System.currentTimeMillis()))
                .orTimeout(15, TimeUnit.SECONDS)
                .join();
    }

    /** For documents that must not be there yet. */
    static ChangeVector absent() {
        return ChangeVector.NONE;
    }
}
