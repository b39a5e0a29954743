package io.rookery.store;

/**
 * A former version of a document that a {@link RevisionPolicy} keeps.
 *
 * @param sequence of the change that made it
 * @param deletedAt where it is the last one of a document that is there no more: when that was deleted, in milliseconds since
 *     the epoch, as far as it is known; -1 for any other
 */
public record KeptVersion(long sequence, Revision revision, long deletedAt) {}
