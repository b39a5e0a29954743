package io.rookery.cluster.topology;

import io.rookery.api.Write;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Decides which replicas are presumed stale, when one is replaced on another node, and which of the two stays: the first
 * that is complete. A function of what is written down and what is seen; it has no state and no clock.
 *
 * @param rehabMillis silence after which a replica goes to rehab
 * @param replaceMillis time in rehab after which it is replaced
 * @param farEntries a replica further behind than that goes to rehab too
 * @param nearEntries a replica at most so far behind has caught up
 */
public record ReplicaPolicy(long rehabMillis, long replaceMillis, long farEntries, long nearEntries) {
    /** What is written for it, and why. */
    public record Step(List<Write> writes, Decision decision) {}

    private static final String STAYS = " caught up first";

    /** At most one step for each shard: the next round goes on from what is written then. */
    public List<Step> decide(SystemState state, Sight sight) {
        List<Step> steps = new ArrayList<>();
        for (SystemState.Base base : state.databases().values()) {
            for (Topology.Shard shard : base.database().shards()) {
                Optional<Step> step = new Round(state, sight, base, shard).step();
                if (step.isPresent()) {
                    steps.add(step.get());
                    break; // another one would write the same document
                }
            }
        }
        state.marks().values().stream()
                .filter(marks -> state.databases().values().stream()
                        .flatMap(base -> base.database().shards().stream())
                        .noneMatch(shard -> shard.group().equals(marks.group().toString())))
                .map(marks -> new ReplicaMarks(marks.group(), Map.of(), marks.version()))
                .forEach(marks -> steps.add(new Step(List.of(marks.write()), null)));
        return steps;
    }

    /** One shard in one round. */
    private final class Round {
        private final SystemState state;
        private final Sight sight;
        private final SystemState.Base base;
        private final Topology.Shard shard;
        private final ReplicaMarks marks;
        private final Optional<Sight.Group> group;

        Round(SystemState state, Sight sight, SystemState.Base base, Topology.Shard shard) {
            this.state = state;
            this.sight = sight;
            this.base = base;
            this.shard = shard;
            marks = state.marks(shard);
            group = sight.group(marks.group());
        }

        Optional<Step> step() {
            for (Map.Entry<String, ReplicaMarks.Mark> entry : marks.byTag().entrySet()) {
                Optional<Step> step = marked(entry.getKey(), entry.getValue());
                if (step.isPresent()) {
                    return step;
                }
            }
            return shard.nodes().stream()
                    .filter(tag -> !marks.byTag().containsKey(tag))
                    .map(this::unmarked)
                    .flatMap(Optional::stream)
                    .findFirst();
        }

        private Optional<Step> unmarked(String tag) {
            if (state.is(tag, SystemState.LEAVING)) {
                return Optional.empty();
            }
            if (sight.silent(tag) >= rehabMillis) {
                return rehab(
                        tag, sight.at() - sight.silent(tag), "its node is silent for " + seconds(sight.silent(tag)));
            }
            if (sight.alive(tag) && sight.full(tag)) {
                return rehab(tag, sight.at(), "its node's disk is full");
            }
            if (sight.alive(tag) && group.isPresent() && group.get().behind(tag, farEntries)) {
                return rehab(tag, sight.at(), "it is " + group.get().lag().get(tag) + " log entries behind");
            }
            return Optional.empty();
        }

        private Optional<Step> rehab(String tag, long since, String why) {
            return step(marks.with(tag, ReplicaMarks.Mark.rehab(since, why)), "replica to rehab", tag, why);
        }

        private Optional<Step> marked(String tag, ReplicaMarks.Mark mark) {
            if (!shard.nodes().contains(tag)) {
                // its node was taken out of the cluster
                return Optional.of(new Step(List.of(marks.without(tag).write()), null));
            }
            return mark.kind() == ReplicaMarks.Kind.REHAB ? inRehab(tag, mark) : replacing(tag, mark.instead());
        }

        private Optional<Step> inRehab(String tag, ReplicaMarks.Mark mark) {
            if (sight.alive(tag) && caughtUp(tag)) {
                return step(marks.without(tag), "replica is a member again", tag, "it has caught up");
            }
            boolean early = sight.at() - mark.since() < replaceMillis;
            // a node that is drained is away for a while and said so: its replicas wait for it
            if (early || marks.replacementOf(tag).isPresent() || state.is(tag, SystemState.DRAINING)) {
                return Optional.empty();
            }
            return spare().flatMap(spare -> {
                List<String> more = new ArrayList<>(shard.nodes());
                more.add(spare);
                return step(
                        marks.with(spare, ReplicaMarks.Mark.replacement(sight.at(), tag)),
                        more,
                        "replacement for " + tag,
                        spare,
                        tag + " is in rehab for " + seconds(sight.at() - mark.since()));
            });
        }

        private Optional<Step> replacing(String tag, String instead) {
            boolean votes = group.isPresent() && group.get().members().contains(tag);
            if (!shard.nodes().contains(instead)) {
                return step(marks.without(tag), "replica is a member", tag, "the one on " + instead + " is gone");
            }
            if (!marks.isRehab(instead)) {
                return group.isEmpty() ? Optional.empty() : without(tag, "replacement dropped", instead + STAYS);
            }
            if (sight.alive(tag) && caughtUp(tag)) {
                return without(instead, "replica replaced by " + tag, tag + STAYS);
            }
            if (!votes && sight.silent(tag) >= rehabMillis) {
                return without(tag, "replacement dropped", "its node is silent for " + seconds(sight.silent(tag)));
            }
            return Optional.empty();
        }

        /** The shard without this replica, nothing marked that belonged to it. */
        private Optional<Step> without(String gone, String what, String why) {
            List<String> fewer =
                    shard.nodes().stream().filter(tag -> !tag.equals(gone)).toList();
            ReplicaMarks left = marks.without(gone);
            for (Optional<String> made = left.replacementOf(gone); made.isPresent(); made = left.replacementOf(gone)) {
                left = left.without(made.get());
            }
            return step(left, fewer, what, gone, why);
        }

        private boolean caughtUp(String tag) {
            return group.isPresent() && group.get().within(tag, nearEntries) && !sight.full(tag);
        }

        private Optional<String> spare() {
            return state.staying().stream()
                    .filter(tag -> !shard.nodes().contains(tag)
                            && sight.answers(tag)
                            && !sight.full(tag)
                            && !state.is(tag, SystemState.DRAINING))
                    .min(Comparator.<String>comparingLong(state::load).thenComparing(Comparator.naturalOrder()));
        }

        private Optional<Step> step(ReplicaMarks changed, String what, String tag, String why) {
            return Optional.of(new Step(List.of(changed.write()), decision(what, tag, why)));
        }

        private Optional<Step> step(ReplicaMarks changed, List<String> nodes, String what, String tag, String why) {
            List<Topology.Shard> shards = base.database().shards().stream()
                    .map(found -> found.number() == shard.number() ? shard.with(nodes) : found)
                    .toList();
            Write database = SystemState.put(base.database().withShards(shards), base.made(), base.version());
            return Optional.of(new Step(List.of(changed.write(), database), decision(what, tag, why)));
        }

        private Decision decision(String what, String tag, String why) {
            return Decision.of(sight.at(), what, base.database().name() + "/" + shard.number() + " on " + tag, why);
        }
    }

    private static String seconds(long millis) {
        return millis / 1_000 + " s";
    }
}
