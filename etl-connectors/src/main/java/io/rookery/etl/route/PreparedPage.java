package io.rookery.etl.route;

import io.rookery.api.Batch;
import io.rookery.api.Change;
import io.rookery.api.Checkpoint;
import io.rookery.api.FeedPage;
import io.rookery.api.RookeryException;
import io.rookery.api.Sink;
import io.rookery.etl.task.TaskDefinition;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * A page of the feed divided into what flows and what must be parked, its flow taken through the steps. Nothing of it
 * has taken effect. It is good for as long as no change was parked or taken from the parked ones.
 *
 * @param batch only waits for its turn; it throws then what a step threw
 * @param parkedVersion {@link ParkedChanges#version()} that the division was made with
 */
record PreparedPage(FeedPage page, List<Change> flow, List<Change> aside, Sink.Prepared batch, long parkedVersion) {
    /** What pages of a delivery are prepared with. */
    record Preparation(Assigned assigned, TaskDefinition task, ParkedChanges parked, DeliveryTarget target) {

        PreparedPage of(FeedPage page, Set<Long> rejected, Set<Long> skipped) {
            long version = parked.version();
            List<Change> flow = new ArrayList<>(page.changes().size());
            List<Change> aside = new ArrayList<>();
            Set<String> blocked = new HashSet<>();
            boolean hold = task.onError().holdKey();
            for (Change change : page.changes()) {
                boolean poison = rejected.contains(change.sequence());
                if (poison || (hold && (blocked.contains(change.id()) || parked.holds(change)))) {
                    aside.add(change);
                    blocked.add(change.id());
                } else if (!skipped.contains(change.sequence())) {
                    flow.add(change);
                }
            }
            return new PreparedPage(page, flow, aside, prepared(flow, page.last()), version);
        }

        private Sink.Prepared prepared(List<Change> flow, long sequence) {
            if (flow.isEmpty()) {
                return () -> {};
            }
            try {
                return target.prepare(
                        new Batch(task.name(), assigned.shard(), flow, new Checkpoint(assigned.epoch(), sequence, 0)));
            } catch (RookeryException e) {
                return () -> {
                    throw e;
                };
            }
        }

        /** As it is when the target has said nothing of it yet. */
        PreparedPage of(FeedPage page) {
            return of(page, Set.of(), Set.of());
        }
    }
}
