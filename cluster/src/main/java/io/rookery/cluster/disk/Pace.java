package io.rookery.cluster.disk;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongConsumer;

/** Lets a background reader have so many bytes a second and no more. Belongs to one thread. */
public final class Pace implements LongConsumer {
    /** Worth a nap; shorter ones are longer than asked for. */
    private static final long NAP_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

    private final long bytesPerSecond;
    private final long start = System.nanoTime();
    private long read;

    public Pace(long bytesPerSecond) {
        this.bytesPerSecond = bytesPerSecond;
    }

    @Override
    public void accept(long bytes) {
        read += bytes;
        long due = start + (long) (read * (double) TimeUnit.SECONDS.toNanos(1) / bytesPerSecond);
        long ahead = due - System.nanoTime();
        if (ahead > NAP_NANOS) {
            LockSupport.parkNanos(ahead);
        }
        if (Thread.currentThread().isInterrupted()) {
            throw new IllegalStateException("The node is closing");
        }
    }

    public long read() {
        return read;
    }
}
