package io.rookery.etl.route;

import io.rookery.api.CommitResult;
import io.rookery.api.DocumentDatabase;
import io.rookery.api.ErrorCode;
import io.rookery.api.Fence;
import io.rookery.api.RookeryException;
import io.rookery.api.Transaction;
import io.rookery.api.Write;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Commits a unit's writes under its epoch, and returns when local reads see them. */
final class FencedWriter {
    private static final long TIMEOUT_SECONDS = 30;
    private static final long PART_BYTES = 4 << 20;

    private final DocumentDatabase database;
    private final Fence fence;
    private final Clock clock;

    FencedWriter(DocumentDatabase database, String unit, long epoch, Clock clock) {
        this.database = database;
        this.fence = new Fence(unit, epoch);
        this.clock = clock;
    }

    /** @throws RookeryException FENCED when another node has taken over */
    void commit(List<Write> writes) {
        CommitResult result = await(database.commit(Transaction.fenced(fence, writes, clock.millis())));
        await(database.applied(result.index()));
    }

    /** In order, as several transactions when it is much. */
    void commitInParts(Collection<Write> writes) {
        List<Write> part = new ArrayList<>();
        long bytes = 0;
        for (Write write : writes) {
            part.add(write);
            bytes += write instanceof Write.PutEntry put ? put.value().length : 0;
            if (bytes >= PART_BYTES) {
                commit(part);
                part.clear();
                bytes = 0;
            }
        }
        if (!part.isEmpty()) {
            commit(part);
        }
    }

    /** The store's answer, or its failure as it was meant. */
    static <T> T await(CompletableFuture<T> future) {
        try {
            return future.get(TIMEOUT_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof RookeryException known
                    ? known
                    : new RookeryException(ErrorCode.INTERNAL, "The store failed: " + e.getCause(), e);
        } catch (TimeoutException e) {
            throw RookeryException.outcomeUnknown(
                    ErrorCode.TIMEOUT, "The store did not answer in " + TIMEOUT_SECONDS + " s", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw RookeryException.outcomeUnknown(ErrorCode.UNAVAILABLE, "Interrupted while waiting for the store", e);
        }
    }
}
