package io.rookery.store.rocks;

import org.rocksdb.RocksDBException;
import org.rocksdb.Status;

/**
 * The storage did not do what it was told, or is not what it must be. Nothing may be applied after it: the process ends,
 * because a replica that skipped one entry is no replica.
 */
public final class StoreFailure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public StoreFailure(String message) {
        super(message);
    }

    public StoreFailure(String message, Throwable cause) {
        super(message, cause);
    }

    /** Whether what is stored is damaged: it is not what its checksum says. */
    public boolean isDamage() {
        return getCause() instanceof RocksDBException cause
                && cause.getStatus() != null
                && cause.getStatus().getCode() == Status.Code.Corruption;
    }

    /** Whether there was no space on the volume; what was to be written is not. */
    public boolean isNoSpace() {
        return getCause() instanceof RocksDBException cause
                && cause.getStatus() != null
                && cause.getStatus().getSubCode() == Status.SubCode.NoSpace;
    }
}
