package io.rookery.api;

/**
 * A target that a task delivers to. Used by one thread, but for {@link #prepare}; opened once, written in feed order.
 */
public interface Sink extends AutoCloseable {
    /**
     * Connects, prepares the target, and fences every owner of a lower epoch.
     *
     * @return what the target itself has recorded of this task; {@link Checkpoint#NONE} when it holds no checkpoint yet
     *     or never does ({@link DeliveryGuarantee#AT_LEAST_ONCE})
     * @throws RookeryException SINK_UNREACHABLE to be tried again; SINK_REFUSED when the user must act
     */
    Checkpoint open(long epoch);

    /**
     * As {@link #open(long)}, for targets that may lose their checkpoint while they keep what was delivered: there the
     * store's stands in for one that is missing.
     *
     * @param known the store's checkpoint of this task; {@link Checkpoint#NONE} when it has none
     */
    default Checkpoint open(long epoch, Checkpoint known) {
        return open(epoch);
    }

    /**
     * Delivers a batch and, where the target can, its checkpoint in one transaction. Return means durable; any
     * exception means that nothing of the batch took effect, or that a repetition has no second effect.
     *
     * @throws TransientSinkException to have the same batch again later
     * @throws RejectedChangeException when one change can never be delivered; the caller parks it
     * @throws RookeryException FENCED when another owner has taken over
     */
    void write(Batch batch);

    /**
     * Does what {@link #write} does before it needs the target: values, rows, records. The caller may have this done on
     * another thread while an earlier batch is written, for one batch at a time, and may drop what it gets: nothing of
     * the sink that writing uses may be touched. A sink that overrides this evaluates its task's values here only.
     *
     * @return what is left to do in the batch's turn, with the promises of {@link #write}
     * @throws RejectedChangeException as {@link #write}
     */
    default Prepared prepare(Batch batch) {
        return () -> write(batch);
    }

    /** A batch that only waits for its turn at the target. */
    @FunctionalInterface
    interface Prepared {
        void write();
    }

    @Override
    void close();
}
