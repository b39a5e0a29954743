package io.rookery.etl.mirror;

/** How many documents of a task are built at once, learnt from how large they were. One thread. */
final class Slice {
    private final MirrorLimits limits;
    private double average;

    Slice(MirrorLimits limits) {
        this.limits = limits;
        this.average = limits.bytes() / 4.0 / limits.documents();
    }

    /** Half the limit is aimed at: documents differ. */
    int size() {
        return (int) Math.max(1, Math.min(limits.documents(), limits.bytes() / 2.0 / average));
    }

    void built(int documents, long bytes) {
        if (bytes > 0) {
            double now = (double) bytes / documents;
            average = Math.max(1, now > average ? now : 0.8 * average + 0.2 * now);
        }
    }
}
