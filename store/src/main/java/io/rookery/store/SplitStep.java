package io.rookery.store;

import io.rookery.store.rocks.Space;
import java.util.List;

/**
 * Gives slots to another shard: from this entry on commands and reads that touch them are refused here. Said again it
 * answers the same. What moved stays stored until {@link CleanStep} removes it.
 */
final class SplitStep {
    private final Draft draft;
    private final ShardState state;

    SplitStep(Draft draft, ShardState state) {
        this.draft = draft;
        this.state = state;
    }

    /**
     * At an entry's end: what its other commands wrote behind the split is in both shards too, so the split's place is there.
     *
     * @param outcomes of the entry; the split's is changed
     */
    void end(long index, List<Outcome> outcomes) {
        if (state.splits.isEmpty() || state.splits.newest().index() != index || state.splits.head() == state.head) {
            return;
        }
        Split first = state.splits.newest();
        state.splits = state.splits.endingAt(state.head);
        draft.put(Space.STATE, Keys.SPLITS, state.splits.write());
        Outcome.Divided last = new Outcome.Divided(state.splits.newest());
        outcomes.replaceAll(outcome -> outcome.equals(new Outcome.Divided(first)) ? last : outcome);
    }

    Outcome apply(Command.Split command, long index) {
        for (Split known : state.splits.all()) {
            if (known.to().equals(command.to())) {
                boolean same = known.first() == command.first() && known.last() == command.last();
                return same
                        ? new Outcome.Divided(known)
                        : new Outcome.Undivided("shard " + known.to() + " came out of another split: " + known);
            }
        }
        if (!state.splits.ownsAll(command.first(), command.last())) {
            return new Outcome.Undivided(
                    "not all slots from " + command.first() + " to " + command.last() + " are in the shard");
        }
        if (draft.hasAny(Space.ENTRIES)) {
            return new Outcome.Undivided("it holds rows or parked changes of tasks, which have no slot");
        }
        // by the tag of who does it: the copy that becomes the other shard applies this entry too
        Split split = new Split(command.from(), command.to(), command.first(), command.last(), state.head, index);
        state.splits = state.splits.with(split);
        draft.put(Space.STATE, Keys.SPLITS, state.splits.write());
        draft.put(Space.STATE, Keys.CLEANING, CleaningPlace.BEGINNING.write());
        return new Outcome.Divided(split);
    }
}
