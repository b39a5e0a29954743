package io.rookery.store;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.rookery.store.rocks.StoreFailure;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Which documents' former versions a shard keeps as revisions. Part of the replicated state, because apply decides by
 * it; its bytes are those of the log and of the store alike.
 *
 * @param otherwise for collections without a rule of their own; null: none are kept of them
 */
public record RevisionPolicy(Rule otherwise, SortedMap<String, Rule> collections) {
    public static final RevisionPolicy NONE = new RevisionPolicy(null, new TreeMap<>());
    /** Documents that clients count by and nobody looks back at. */
    private static final String UNREVISED = "@hilo";

    /**
     * What is kept of one collection. A revision goes when it is surplus by every bound that is set; where none is set
     * all stay.
     *
     * @param keep versions that stay, the latest one among them; -1: no bound
     * @param ageMillis how old a version is before it may go; -1: no bound
     * @param purgeOnDelete whether a deletion takes the document's revisions with it
     * @param mostDeletes most revisions that go with one write
     */
    public record Rule(boolean disabled, long keep, long ageMillis, boolean purgeOnDelete, int mostDeletes) {
        /** So that no write is held up by the revisions that go with it. */
        public static final int MOST_DELETES = 256;

        static final int BYTES = 2 + 2 * Long.BYTES + Integer.BYTES;

        public Rule {
            if (keep < -1 || ageMillis < -1 || mostDeletes < 1 || mostDeletes > MOST_DELETES) {
                throw new IllegalArgumentException("Expected bounds from 0, and 1 to " + MOST_DELETES
                        + " deletes at once, but found " + keep + ", " + ageMillis + " and " + mostDeletes);
            }
        }

        private byte[] write() {
            return ByteBuffer.allocate(BYTES)
                    .put((byte) (disabled ? 1 : 0))
                    .put((byte) (purgeOnDelete ? 1 : 0))
                    .putLong(keep)
                    .putLong(ageMillis)
                    .putInt(mostDeletes)
                    .array();
        }

        private static Rule read(ByteBuffer in) {
            boolean disabled = in.get() == 1;
            boolean purgeOnDelete = in.get() == 1;
            return new Rule(disabled, in.getLong(), in.getLong(), purgeOnDelete, in.getInt());
        }
    }

    public RevisionPolicy {
        collections = Collections.unmodifiableSortedMap(new TreeMap<>(collections));
    }

    /** Null where no revisions are kept. */
    Rule of(String collection) {
        Rule rule = collections.getOrDefault(collection, otherwise);
        return rule == null || rule.disabled() || collection.equals(UNREVISED) ? null : rule;
    }

    boolean isEmpty() {
        return otherwise == null && collections.isEmpty();
    }

    public byte[] write() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(StoredFormat.ONE);
        out.write(otherwise == null ? 0 : 1);
        if (otherwise != null) {
            out.writeBytes(otherwise.write());
        }
        collections.forEach((name, rule) -> {
            byte[] text = name.getBytes(UTF_8);
            out.writeBytes(
                    ByteBuffer.allocate(Integer.BYTES).putInt(text.length).array());
            out.writeBytes(text);
            out.writeBytes(rule.write());
        });
        return out.toByteArray();
    }

    /**
     * @param value null in a store that was never configured
     * @throws StoreFailure for what {@link #write} did not write
     */
    public static RevisionPolicy read(byte[] value) {
        if (value == null) {
            return NONE;
        }
        ByteBuffer in = StoredFormat.read(value, "revision policy");
        Rule otherwise = in.get() == 1 ? Rule.read(in) : null;
        SortedMap<String, Rule> collections = new TreeMap<>();
        while (in.hasRemaining()) {
            byte[] name = new byte[in.getInt()];
            in.get(name);
            collections.put(new String(name, UTF_8), Rule.read(in));
        }
        return new RevisionPolicy(otherwise, collections);
    }
}
