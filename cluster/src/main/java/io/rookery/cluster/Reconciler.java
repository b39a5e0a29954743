package io.rookery.cluster;

import io.rookery.api.ChangeVector;
import io.rookery.api.Transaction;
import io.rookery.api.Write;
import java.util.ArrayList;
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
    static final String LEAD = "@lead";

    private static final Logger LOG = LoggerFactory.getLogger(Reconciler.class);
    private static final long ASK_MILLIS = 10_000;
    /** A newcomer catches up before it counts, maybe by a snapshot. */
    private static final long CHANGE_MILLIS = 60_000;
    /** Leaders move seldom: each move is an election. */
    private static final long BALANCE_NANOS = TimeUnit.SECONDS.toNanos(5);

    private final NodeContext node;
    private final NodeWatch watch;
    private long balanced = System.nanoTime();

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
        attempt("leaders", () -> balance(state));
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
        Placement placement = new Placement(state.databases().values().stream()
                .map(SystemState.Base::database)
                .toList());
        for (Topology.Shard shard : database.shards()) {
            wanted.add(moved(nodesFor(state, database, shard, placement)));
        }
        if (!wanted.equals(database.shards())) {
            commit(system, SystemState.put(database.withShards(wanted), base.made(), base.version()));
            return; // the next round works from what is written
        }
        List<Long> made = new ArrayList<>(base.made());
        for (Topology.Shard shard : database.shards()) {
            ShardDefinition definition =
                    ShardDefinition.of(UUID.fromString(shard.group()), database.name(), shard.number());
            long number = shard.number();
            boolean known = base.made().contains(number);
            attempt(
                    "shard " + database.name() + "/" + number,
                    () -> align(state, definition, shard.nodes(), known ? null : () -> made.add(number)));
        }
        if (made.size() > base.made().size()) {
            commit(system, SystemState.put(database, made, base.version()));
        }
    }

    /** Keeps the nodes that stay and fills up with the least loaded ones that are alive. */
    private Topology.Shard nodesFor(
            SystemState state, Topology.Database database, Topology.Shard shard, Placement placement) {
        List<String> nodes = new ArrayList<>(shard.nodes());
        nodes.retainAll(state.staying());
        List<String> able = state.staying().stream()
                .filter(tag -> watch.info(tag).isPresent())
                .toList();
        List<String> leaving = new ArrayList<>(shard.leaving());
        leaving.retainAll(nodes);
        int more = Math.min(database.replicas(), state.staying().size() - leaving.size());
        return new Topology.Shard(
                shard.number(), shard.group(), placement.fill(nodes, leaving.size() + more, able), leaving);
    }

    /** Without the nodes that leave, once all others have a replica that counts. */
    private Topology.Shard moved(Topology.Shard shard) {
        if (shard.leaving().isEmpty()) {
            return shard;
        }
        boolean complete = !shard.staying().isEmpty()
                && watch.leader(UUID.fromString(shard.group()))
                        .map(leader -> leader.getValue().members().containsAll(shard.staying()))
                        .orElse(false);
        return complete ? new Topology.Shard(shard.number(), shard.group(), shard.staying()) : shard;
    }

    /** At most one leader at a time is asked to hand on; when it cannot, the next look decides anew. */
    private void balance(SystemState state) {
        if (System.nanoTime() - balanced < BALANCE_NANOS) {
            return;
        }
        balanced = System.nanoTime();
        List<Topology.Database> databases = state.databases().values().stream()
                .map(SystemState.Base::database)
                .toList();
        new LeaderBalance(databases, watch).next().ifPresent(move -> {
            ShardDefinition shard = move.shard();
            LOG.info(
                    "Leader of {}/{} becomes {} instead of {}",
                    shard.database(),
                    shard.shard(),
                    move.to(),
                    move.from());
            handOn(shard, move.from(), move.to());
        });
    }

    private void handOn(ShardDefinition shard, String from, String to) {
        byte[] question =
                new WireWriter(64).text(shard.group().toString()).text(to).toBytes();
        node.peers().ask(from, LEAD, question, ASK_MILLIS).join();
    }

    /** Whether a leader that is to be taken out has given the lead to a member that stays. */
    private boolean handedOn(ShardDefinition shard, String leader, List<String> members, List<String> wanted) {
        Optional<String> next = members.stream()
                .filter(tag -> wanted.contains(tag) && watch.info(tag).isPresent())
                .findFirst();
        if (next.isEmpty()) {
            return false;
        }
        try {
            handOn(shard, leader, next.get());
            watch.ask(leader).join();
            watch.ask(next.get()).join();
            return true;
        } catch (RuntimeException e) {
            LOG.info(
                    "{} keeps the lead of {}/{} until it is taken out: {}",
                    leader,
                    shard.database(),
                    shard.shard(),
                    Failures.unwrap(e).getMessage());
            return false;
        }
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
                if (member.equals(leader.get().getKey()) && handedOn(shard, member, members, wanted)) {
                    return; // the next round takes it out, without an election then
                }
                change(state, leader.get().getKey(), shard, without(members, member));
                removeGroup(member, shard.group());
                return;
            }
        }
        for (String tag : state.nodes().keySet()) {
            if (!wanted.contains(tag) && !members.contains(tag) && holds(tag, shard)) {
                giveUp(tag, leader.get().getKey(), shard);
            }
        }
    }

    private boolean holds(String tag, ShardDefinition shard) {
        return watch.info(tag)
                .map(info -> info.groups().containsKey(shard.group()))
                .orElse(false);
    }

    /** A node that was taken out may not have heard of it, or was not told to remove what it has. */
    private void giveUp(String tag, String leader, ShardDefinition shard) {
        NodeWatch.Group now = watch.ask(leader).join().groups().get(shard.group());
        if (now != null && now.leads() && !now.members().contains(tag)) {
            LOG.info("Node {} gives up its replica of {}/{}", tag, shard.database(), shard.shard());
            removeGroup(tag, shard.group()).join();
            watch.ask(tag).join();
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
