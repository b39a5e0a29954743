package io.rookery.api;

import static java.util.Objects.requireNonNull;

/** One step of a {@link Transaction}. */
public sealed interface Write {
    /** @param expected null: whatever is there; {@link ChangeVector#NONE}: only if absent; else only this version */
    record PutDocument(String id, String collection, Json body, ChangeVector expected) implements Write {
        public PutDocument {
            requireNonNull(id, "id is null");
            requireNonNull(collection, "collection is null");
            requireNonNull(body, "body is null");
        }
    }

    /** Deleting what is absent is no change and no error. {@code expected} as for a put. */
    record DeleteDocument(String id, ChangeVector expected) implements Write {
        public DeleteDocument {
            requireNonNull(id, "id is null");
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
