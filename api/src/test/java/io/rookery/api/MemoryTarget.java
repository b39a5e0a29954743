package io.rookery.api;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;

/**
 * What {@link MemorySink} delivers to: it outlives the sinks, as a real target does. A batch and its checkpoint are
 * recorded together. Safe for many threads.
 */
public final class MemoryTarget {
    private final ReentrantLock lock = new ReentrantLock();
    private final List<Batch> batches = new ArrayList<>();
    private Checkpoint checkpoint = Checkpoint.NONE;
    private long epoch;

    Checkpoint open(long newEpoch) {
        lock.lock();
        try {
            refuseOld(newEpoch);
            epoch = newEpoch;
            return checkpoint;
        } finally {
            lock.unlock();
        }
    }

    void commit(long writerEpoch, Batch batch) {
        lock.lock();
        try {
            refuseOld(writerEpoch);
            batches.add(batch);
            checkpoint = batch.checkpoint();
        } finally {
            lock.unlock();
        }
    }

    private void refuseOld(long found) {
        if (found < epoch) {
            throw new RookeryException(
                    ErrorCode.FENCED, "Expected epoch " + epoch + " or later but found " + found + " in the target");
        }
    }

    /** Every batch that took effect, in order. */
    public List<Batch> batches() {
        lock.lock();
        try {
            return List.copyOf(batches);
        } finally {
            lock.unlock();
        }
    }

    /** Every change that took effect, in order. */
    public List<Change> changes() {
        return batches().stream().flatMap(batch -> batch.changes().stream()).toList();
    }

    /** The last body of each document that was not deleted. */
    public Map<String, Json> documents() {
        Map<String, Json> documents = new TreeMap<>();
        for (Change change : changes()) {
            if (change.isDelete()) {
                documents.remove(change.id());
            } else {
                documents.put(change.id(), change.document());
            }
        }
        return documents;
    }

    public Checkpoint checkpoint() {
        lock.lock();
        try {
            return checkpoint;
        } finally {
            lock.unlock();
        }
    }

    /** As a target that was restored from an old copy: it has lost its last batches. */
    public void restore(int keptBatches) {
        lock.lock();
        try {
            batches.subList(keptBatches, batches.size()).clear();
            checkpoint = keptBatches == 0
                    ? Checkpoint.NONE
                    : batches.get(keptBatches - 1).checkpoint();
        } finally {
            lock.unlock();
        }
    }
}
