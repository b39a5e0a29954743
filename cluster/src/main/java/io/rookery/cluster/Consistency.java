package io.rookery.cluster;

import io.rookery.api.ErrorCode;
import io.rookery.api.RookeryException;
import io.rookery.cluster.wire.Failures;
import io.rookery.cluster.wire.WireReader;
import io.rookery.cluster.wire.WireWriter;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * How new what is read must be.
 *
 * @param index what a session has seen: the log index that must be applied; 0 for the other kinds
 */
public record Consistency(Kind kind, long index) {
    /** Sees every write that was acknowledged anywhere. */
    public static final Consistency LINEARIZABLE = new Consistency(Kind.LINEARIZABLE, 0);
    /** Whatever the replica has. */
    public static final Consistency LOCAL = new Consistency(Kind.LOCAL, 0);

    private static final long PATIENCE_SECONDS = 10;

    /** Their names are on the wire. */
    public enum Kind {
        LINEARIZABLE,
        SESSION,
        LOCAL
    }

    public static Consistency session(long index) {
        return new Consistency(Kind.SESSION, index);
    }

    /** Completes when this node's replica may answer. */
    public CompletableFuture<Void> ready(ReplicatedStore store) {
        return switch (kind) {
            case LINEARIZABLE -> store.fence();
            case SESSION -> reached(store, index);
            case LOCAL -> CompletableFuture.completedFuture(null);
        };
    }

    /** Completes when this replica has applied so far; fails with TIMEOUT when it does not come there: nobody waits for ever. */
    public static CompletableFuture<Void> reached(ReplicatedStore store, long index) {
        return store.applied(index)
                .orTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS)
                .handle((done, failure) -> {
                    Throwable cause = failure == null ? null : Failures.unwrap(failure);
                    if (cause instanceof TimeoutException) {
                        throw new RookeryException(
                                ErrorCode.TIMEOUT,
                                "Expected index " + index + " to be applied within " + PATIENCE_SECONDS
                                        + " s on this node but found " + store.appliedIndex()
                                        + "; try again, or another node",
                                cause);
                    }
                    if (cause != null) {
                        throw new CompletionException(cause);
                    }
                    return null;
                });
    }

    void write(WireWriter out) {
        out.text(kind.name()).number(index);
    }

    static Consistency read(WireReader in) {
        return new Consistency(Kind.valueOf(in.text()), in.number());
    }
}
