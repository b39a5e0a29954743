package io.rookery.api;

/**
 * When something is to happen to a document by itself, as its metadata says it ({@code @expires}, {@code @refresh}).
 * It happens at that time or somewhat later, never earlier, and only where its database is configured for it.
 *
 * @param expires milliseconds since the epoch, when it is to be deleted; 0: never
 * @param refresh milliseconds since the epoch, when it is to become a new version with the same body; 0: never
 */
public record Due(long expires, long refresh) {
    public static final Due NEVER = new Due(0, 0);

    public Due {
        if (expires < 0 || refresh < 0) {
            throw new IllegalArgumentException("Expected times from 1970 on but found " + expires + " and " + refresh);
        }
    }

    /** What is left when the refresh has happened. */
    public Due refreshed() {
        return new Due(expires, 0);
    }
}
