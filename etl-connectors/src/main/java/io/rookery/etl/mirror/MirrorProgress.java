package io.rookery.etl.mirror;

/** Told what a mirror has committed; for the tasks' status. */
interface MirrorProgress {
    /** @param sourceTimestamp milliseconds since the epoch of the last row's commit at the source; 0 when unknown */
    void rows(int count, long sourceTimestamp);

    /** @param parked documents of the task that cannot be built now */
    void documents(String task, int written, int parked);
}
