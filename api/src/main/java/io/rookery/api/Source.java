package io.rookery.api;

/** A legacy database that is being followed. One source reads one database for all tasks that use it. */
public interface Source extends AutoCloseable {
    /** What receives the batches. */
    @FunctionalInterface
    interface Consumer {
        /** Returns when the batch is committed; only then is it confirmed to the database. A throw ends the source. */
        void accept(SourceBatch batch) throws InterruptedException;
    }

    /**
     * Reads until closed; blocks.
     *
     * @param offset where to go on, as the last committed batch carried it; null to begin with a snapshot
     * @throws RookeryException SOURCE_UNREACHABLE to be tried again, SOURCE_REFUSED when somebody must act (the message
     *     has the SQL to run), SOURCE_POSITION_LOST when the database no longer has the place
     */
    void run(Json offset, Consumer consumer);

    @Override
    void close();
}
