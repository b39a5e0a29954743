package io.rookery.cluster;

import io.rookery.cluster.topology.Sight;
import io.rookery.cluster.wire.WireReader;
import io.rookery.cluster.wire.WireWriter;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.server.RaftServer;

/**
 * What the system leader knows of the nodes by asking them: who answers, and how each sees its groups. A node counts as
 * alive until it has been silent for a while, from the leader's own clock.
 */
final class NodeWatch {
    static final String INFO = "@node-info";

    private static final long DEADLINE_MILLIS = 1_500;

    private final NodeContext node;
    private final Map<String, Seen> seen = new ConcurrentHashMap<>();
    private volatile long since = System.nanoTime();

    private record Seen(long at, NodeInfo info) {}

    /**
     * @param members as the node's replica knows the group's configuration
     * @param lag on the leader: how far each other member is behind
     */
    record Group(boolean leads, String leader, List<String> members, Map<String, Long> lag) {}

    /**
     * @param system the cluster that the node is part of; null when none
     * @param level the feature level that the node can do
     * @param full whether its disk is full: it takes no entries
     * @param most groups that it has room for
     */
    record NodeInfo(String tag, UUID system, Map<UUID, Group> groups, int level, boolean full, int most) {}

    NodeWatch(NodeContext node, Shards shards) {
        this.node = node;
        node.peers().handle(INFO, question -> CompletableFuture.completedFuture(describe(node, shards)));
    }

    private static byte[] describe(NodeContext node, Shards shards) {
        Collection<ReplicatedStore> stores = shards.all();
        WireWriter out = new WireWriter(256)
                .text(node.tag())
                .optionalText(shards.system()
                        .map(store -> store.definition().group().toString())
                        .orElse(null));
        List<ReplicatedStore> open =
                stores.stream().filter(store -> store.division().isPresent()).toList();
        out.number(open.size());
        for (ReplicatedStore store : open) {
            List<String> members = store.division().map(NodeWatch::members).orElse(List.of());
            out.text(store.definition().group().toString())
                    .flag(store.leads())
                    .optionalText(store.leaderTag())
                    .texts(members);
        }
        out.number(node.level().supported());
        open.forEach(store -> describeLag(out, store.leads() ? store.status().lag() : Map.of()));
        return out.flag(node.disk().isFull()).number(node.room().mostGroups()).toBytes();
    }

    private static void describeLag(WireWriter out, Map<String, Long> lag) {
        out.number(lag.size());
        lag.forEach((tag, entries) -> out.text(tag).number(entries));
    }

    static List<String> members(RaftServer.Division division) {
        return division.getRaftConf().getCurrentPeers().stream()
                .map(RaftPeer::getId)
                .map(Object::toString)
                .sorted()
                .toList();
    }

    private static NodeInfo info(byte[] answer) {
        WireReader in = new WireReader(answer);
        String tag = in.text();
        String system = in.optionalText();
        Map<UUID, Group> groups = new LinkedHashMap<>();
        for (int i = in.count(); i > 0; i--) {
            groups.put(
                    UUID.fromString(in.text()), new Group(in.flag(), in.optionalText(), in.texts(), new HashMap<>()));
        }
        int level = in.isAtEnd() ? FeatureLevel.UNSAID : (int) in.number();
        for (Group group : groups.values()) {
            for (int i = in.isAtEnd() ? 0 : in.count(); i > 0; i--) { // a node of an earlier version does not tell it
                group.lag().put(in.text(), in.number());
            }
        }
        boolean full = !in.isAtEnd() && in.flag();
        int most = in.isAtEnd() ? EntryRoom.fewestGroups() : (int) in.number();
        return new NodeInfo(tag, system == null ? null : UUID.fromString(system), groups, level, full, most);
    }

    /** A new leader knows nothing yet: everyone counts as heard of just now. */
    void restart() {
        seen.clear();
        since = System.nanoTime();
    }

    void askAll(Collection<String> tags) {
        seen.keySet().retainAll(tags);
        tags.forEach(this::ask);
    }

    /** Asks now; what comes back is fresh. */
    CompletableFuture<NodeInfo> ask(String tag) {
        return node.peers().ask(tag, INFO, new byte[0], DEADLINE_MILLIS).thenApply(answer -> {
            NodeInfo info = info(answer);
            seen.put(tag, new Seen(System.nanoTime(), info));
            return info;
        });
    }

    CompletableFuture<NodeInfo> askAt(String address) {
        // the first connection to it may take a while
        return node.peers().askAt(address, INFO, new byte[0], 10_000).thenApply(NodeWatch::info);
    }

    boolean alive(String tag) {
        return silentMillis(tag) < node.tuning().silenceMillis();
    }

    private long silentMillis(String tag) {
        Seen last = seen.get(tag);
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - (last == null ? since : last.at()));
    }

    /** What is known now of these nodes and of every group that somebody leads. */
    Sight sight(Collection<String> tags) {
        Map<String, Sight.Node> nodes = new HashMap<>();
        Map<UUID, Sight.Group> groups = new HashMap<>();
        for (String tag : tags) {
            Seen last = seen.get(tag);
            Set<UUID> holds = last == null ? Set.of() : last.info().groups().keySet();
            nodes.put(
                    tag,
                    new Sight.Node(
                            silentMillis(tag),
                            alive(tag),
                            last != null,
                            last != null && last.info().full(),
                            holds));
            holds.forEach(group -> leader(group)
                    .ifPresent(leader -> groups.put(
                            group,
                            new Sight.Group(
                                    leader.getKey(),
                                    leader.getValue().members(),
                                    leader.getValue().lag()))));
        }
        return new Sight(System.currentTimeMillis(), nodes, groups);
    }

    /** What the node said last; empty when it has not answered yet or is silent. */
    Optional<NodeInfo> info(String tag) {
        return Optional.ofNullable(seen.get(tag)).filter(last -> alive(tag)).map(Seen::info);
    }

    /** Groups that each of the nodes has room for; one that is silent may have room for no more than any. */
    int mostGroups(Collection<String> tags) {
        return tags.stream()
                .mapToInt(tag -> info(tag).map(NodeInfo::most).orElseGet(EntryRoom::fewestGroups))
                .min()
                .orElseGet(EntryRoom::fewestGroups);
    }

    /** The node that leads a group, and the group's members as it knows them. */
    Optional<Map.Entry<String, Group>> leader(UUID group) {
        List<Map.Entry<String, Group>> found = new ArrayList<>();
        seen.forEach((tag, last) -> {
            Group state = last.info().groups().get(group);
            if (state != null && state.leads() && alive(tag)) {
                found.add(Map.entry(tag, state));
            }
        });
        // two claim it only until the deposed one notices: then nobody is believed
        return found.size() == 1 ? Optional.of(found.get(0)) : Optional.empty();
    }

    /** Whether the node's replica counts in the group, and it knows who leads. */
    boolean votes(UUID group, String tag) {
        boolean knows = info(tag)
                .map(info -> info.groups().get(group))
                .map(found -> found.leader() != null)
                .orElse(false);
        return knows
                && leader(group)
                        .map(leader -> leader.getValue().members().contains(tag))
                        .orElse(false);
    }
}
