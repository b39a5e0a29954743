package io.rookery.cluster.topology;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * What the system shard's leader knows of the nodes at one moment. Decisions are made from it and from the
 * {@link SystemState}, and from nothing else.
 *
 * @param at Unix time in milliseconds
 * @param nodes those of the cluster, by tag
 * @param groups those that somebody leads
 */
public record Sight(long at, Map<String, Node> nodes, Map<UUID, Group> groups) {
    /**
     * @param silent milliseconds since it answered, or since we began to ask
     * @param alive not silent for long
     * @param full whether its disk is full
     * @param holds groups that it has a replica of; empty also when it never answered
     */
    public record Node(long silent, boolean alive, boolean answered, boolean full, Set<UUID> holds) {}

    /**
     * @param members tags of those who vote
     * @param lag log entries that each is behind the leader, as far as it is known
     */
    public record Group(String leader, List<String> members, Map<String, Long> lag) {
        /** Whether a voter is known to be at most so far behind. */
        public boolean within(String tag, long entries) {
            return members.contains(tag) && (tag.equals(leader) || lag.getOrDefault(tag, Long.MAX_VALUE) <= entries);
        }

        public boolean behind(String tag, long entries) {
            return members.contains(tag) && !tag.equals(leader) && lag.getOrDefault(tag, 0L) > entries;
        }
    }

    public boolean alive(String tag) {
        return nodes.containsKey(tag) && nodes.get(tag).alive();
    }

    /** Alive, and has told what it holds. */
    public boolean answers(String tag) {
        return alive(tag) && nodes.get(tag).answered();
    }

    public boolean holds(String tag, UUID group) {
        return answers(tag) && nodes.get(tag).holds().contains(group);
    }

    public boolean full(String tag) {
        return nodes.containsKey(tag) && nodes.get(tag).full();
    }

    public long silent(String tag) {
        return nodes.containsKey(tag) ? nodes.get(tag).silent() : 0;
    }

    public Optional<Group> group(UUID id) {
        return Optional.ofNullable(groups.get(id));
    }

    /** Whether those of them who answer and have a replica can commit. */
    public boolean majority(UUID group, Collection<String> members) {
        return members.stream().filter(tag -> holds(tag, group)).count() > members.size() / 2;
    }
}
