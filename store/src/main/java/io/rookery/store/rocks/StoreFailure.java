package io.rookery.store.rocks;

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
}
