package io.rookery.etl.route;

import io.rookery.api.DeliveryGuarantee;
import io.rookery.api.ErrorCode;
import java.util.Optional;

/**
 * What a task on this node is doing, or its part for one shard, at a glance.
 *
 * @param shard number of the shard that it works for
 * @param sequence for DELIVER: everything up to this place in the feed was delivered; for INGEST: the shard's newest
 *     sequence number after the last commit
 * @param head newest sequence number of the shard as the task saw it
 * @param lagSeconds age of the oldest change that is known to wait; 0 when none does
 * @param rate changes a second over the last ten seconds
 * @param parked changes that wait parked, with those behind them
 * @param delivered changes since this runner started
 * @param since when the state began, in milliseconds since the epoch
 */
public record TaskStatus(
        String task,
        String unit,
        int shard,
        TaskState state,
        long epoch,
        long sequence,
        long head,
        long lagSeconds,
        double rate,
        long parked,
        long delivered,
        Optional<Problem> problem,
        long since,
        DeliveryGuarantee guarantee) {
    /** The last error; kept when the task runs again so that it can be read. */
    public record Problem(ErrorCode code, String message, long at) {}

    /** Of a task whose runner cannot be made. */
    static TaskStatus refused(String task, Assigned assigned, Problem problem) {
        return new TaskStatus(
                task,
                assigned.unit(),
                assigned.shard(),
                TaskState.FAILED,
                assigned.epoch(),
                0,
                0,
                0,
                0,
                0,
                0,
                Optional.of(problem),
                problem.at(),
                DeliveryGuarantee.AT_LEAST_ONCE);
    }

    public long lagChanges() {
        return Math.max(0, head - sequence);
    }
}
