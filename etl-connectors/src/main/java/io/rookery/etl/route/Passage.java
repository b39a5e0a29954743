package io.rookery.etl.route;

import io.rookery.api.Batch;
import io.rookery.api.Change;
import io.rookery.api.ErrorCode;
import io.rookery.api.RookeryException;
import io.rookery.api.Transform;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A batch on its way through the steps: what each of its changes has become so far. Immutable. */
record Passage(Batch batch, List<List<Change>> became, Map<Long, String> rejected) {
    static Passage begin(Batch batch) {
        return new Passage(batch, batch.changes().stream().map(List::of).toList(), Map.of());
    }

    Passage through(Transform step) {
        List<List<Change>> next = new ArrayList<>(became.size());
        Map<Long, String> errors = new LinkedHashMap<>(rejected);
        for (int i = 0; i < became.size(); i++) {
            next.add(
                    errors.containsKey(batch.changes().get(i).sequence())
                            ? List.of()
                            : apply(step, became.get(i), errors));
        }
        return new Passage(batch, next, errors);
    }

    private static List<Change> apply(Transform step, List<Change> changes, Map<Long, String> errors) {
        List<Change> out = new ArrayList<>(changes.size());
        for (Change change : changes) {
            try {
                out.addAll(step.apply(change));
            } catch (RookeryException e) {
                if (e.code() != ErrorCode.CHANGE_REJECTED) {
                    throw e;
                }
                errors.put(change.sequence(), e.getMessage());
                return List.of();
            }
        }
        return out;
    }

    /** What the sink gets: an insert or update that became nothing is a delete where the task says so. */
    Batch end(boolean deleteFiltered) {
        if (!rejected.isEmpty()) {
            throw new PoisonException(rejected);
        }
        List<Change> out = new ArrayList<>();
        for (int i = 0; i < became.size(); i++) {
            Change change = batch.changes().get(i);
            if (!became.get(i).isEmpty()) {
                out.addAll(became.get(i));
            } else if (deleteFiltered && !change.isDelete()) {
                out.add(change.asDelete());
            }
        }
        return new Batch(batch.task(), batch.shard(), out, batch.checkpoint());
    }
}
