package io.rookery.etl.mirror;

/**
 * What one transaction of a mirror may hold, so that no change of a row, however many documents show it, makes a log
 * entry or memory grow without bound.
 *
 * @param documents that are built for one transaction
 * @param writes that a transaction has, about
 * @param bytes that a transaction has, about: a single larger document still fits
 */
record MirrorLimits(int documents, int writes, long bytes) {
    static final MirrorLimits DEFAULT = new MirrorLimits(1_000, 5_000, 8L << 20);
}
