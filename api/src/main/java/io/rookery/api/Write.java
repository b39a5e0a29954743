package io.rookery.api;

import static java.util.Objects.requireNonNull;

/** One step of a {@link Transaction}. */
public sealed interface Write {
    /** @param expected null: whatever is there; {@link ChangeVector#NONE}: only if absent; else only this version */
    record PutDocument(String id, String collection, Json body, ChangeVector expected, Due due) implements Write {
        public PutDocument {
            requireNonNull(id, "id is null");
            requireNonNull(collection, "collection is null");
            requireNonNull(body, "body is null");
            requireNonNull(due, "due is null");
        }

        /** Of a document that stays until somebody deletes it. */
        public PutDocument(String id, String collection, Json body, ChangeVector expected) {
            this(id, collection, body, expected, Due.NEVER);
        }
    }

    /** Deleting what is absent is no change and no error. {@code expected} as for a put. */
    record DeleteDocument(String id, ChangeVector expected) implements Write {
        public DeleteDocument {
            requireNonNull(id, "id is null");
        }
    }

    /**
     * Puts a new document whose id apply decides: {@code prefix} with the next number of its identity that no document
     * has, {@code users/} and 7. The number is in {@link CommitResult#numbers()}.
     *
     * @param prefix what stands before the number; names the identity
     */
    record PutNumbered(String prefix, String collection, Json body, Due due) implements Write {
        public PutNumbered {
            requireNonNull(prefix, "prefix is null");
            requireNonNull(collection, "collection is null");
            requireNonNull(body, "body is null");
            requireNonNull(due, "due is null");
        }

        /** Of a document that stays until somebody deletes it. */
        public PutNumbered(String prefix, String collection, Json body) {
            this(prefix, collection, body, Due.NEVER);
        }
    }

    /** Takes the next number of an identity; it is in {@link CommitResult#numbers()}. */
    record TakeNumber(String prefix) implements Write {
        public TakeNumber {
            requireNonNull(prefix, "prefix is null");
        }
    }

    /**
     * Sets the last number of an identity; a lower one than it has only with {@code force}. What it is then is in {@link
     * CommitResult#numbers()}.
     */
    record SeedNumber(String prefix, long value, boolean force) implements Write {
        /** So far may a number be set: no counting comes to the end of the numbers from there. */
        public static final long MOST = 1L << 60;

        public SeedNumber {
            requireNonNull(prefix, "prefix is null");
            if (value < 0 || value > MOST) {
                throw new IllegalArgumentException("Expected a number from 0 to " + MOST + " but found " + value);
            }
        }
    }

    /**
     * Sets a compare-exchange value: JSON under a key beside the documents, outside the feed, with an index that is
     * another one after every change of any value. The new index is in {@link CommitResult#numbers()}.
     *
     * @param expected the index that the value must have; 0: there must be none
     * @param expires milliseconds since the epoch, from when on it may be removed; 0: never
     */
    record PutCompareExchange(String key, Json value, long expected, long expires) implements Write {
        public PutCompareExchange {
            requireNonNull(key, "key is null");
            requireNonNull(value, "value is null");
        }

        /** Of a value that stays until somebody removes it. */
        public PutCompareExchange(String key, Json value, long expected) {
            this(key, value, expected, 0);
        }
    }

    /** Removes a compare-exchange value that must have the {@code expected} index. */
    record DeleteCompareExchange(String key, long expected) implements Write {
        public DeleteCompareExchange {
            requireNonNull(key, "key is null");
        }
    }

    /**
     * Sets an entry: replicated bytes under a text key beside the documents, ordered by the key's UTF-8 bytes, outside
     * the feed. Rows, their indexes, offsets and parked changes are entries.
     */
    record PutEntry(String key, byte[] value) implements Write {
        public PutEntry {
            requireNonNull(key, "key is null");
            requireNonNull(value, "value is null");
        }
    }

    /** Removes an entry; absent is no error. */
    record DeleteEntry(String key) implements Write {
        public DeleteEntry {
            requireNonNull(key, "key is null");
        }
    }

    /** Records how far a task has delivered this shard's feed; holds back the feed's compaction. */
    record SaveCheckpoint(String task, Checkpoint checkpoint) implements Write {}

    /** Forgets a task: its checkpoint and its epoch. */
    record ForgetTask(String task) implements Write {}
}
