package io.rookery.cluster;

/**
 * What a replica answered, and how far it was.
 *
 * @param applied log index that it had applied before it read: what was read may be newer, never older
 * @param readable log index that what was read is certainly not ahead of
 */
public record ShardAnswer<T>(long applied, long readable, T value) {
    <U> ShardAnswer<U> with(U other) {
        return new ShardAnswer<>(applied, readable, other);
    }
}
