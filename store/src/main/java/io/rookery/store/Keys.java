package io.rookery.store;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * The keys of everything that is stored. In the space of the state the first byte says the kind; the kind {@code 0} is
 * this replica's own and no part of the replicated state.
 */
final class Keys {
    static final byte[] APPLIED = {0, 'A'};
    static final byte[] SHARD = {'S'};
    /** Counter of compare-exchange indexes. */
    static final byte[] EXCHANGE_INDEX = {'E'};

    /** Which revisions are kept. */
    static final byte[] REVISION_POLICY = {'G'};
    /** All splits of the shard and of those it came from. */
    static final byte[] SPLITS = {'H'};
    /** How far what a split moved is removed. */
    static final byte[] CLEANING = {'K'};
    /** Of which command parts are kept. */
    static final byte[] PARTS = {'L'};
    /** Counter of all revisions. */
    static final byte[] REVISIONS = {'W'};

    private static final char DUE = 'D';
    private static final char REVISION = 'R';

    private static final byte FEED = 1;
    private static final byte FEED_OF_COLLECTION = 2;

    private Keys() {}

    static byte[] text(String text) {
        return text.getBytes(UTF_8);
    }

    static String text(byte[] key) {
        return new String(key, UTF_8);
    }

    static boolean isReplicated(byte[] stateKey) {
        return stateKey[0] != 0;
    }

    static byte[] feed(long sequence) {
        return ByteBuffer.allocate(9).put(FEED).putLong(sequence).array();
    }

    static byte[] feedEnd() {
        return new byte[] {FEED + 1};
    }

    static byte[] feedOf(int collection, long sequence) {
        return ByteBuffer.allocate(13)
                .put(FEED_OF_COLLECTION)
                .putInt(collection)
                .putLong(sequence)
                .array();
    }

    /** The last eight bytes of a key of the feed, of either kind, or of a revision. */
    static long sequence(byte[] key) {
        return ByteBuffer.wrap(key).getLong(key.length - Long.BYTES);
    }

    static byte[] history(long sequence) {
        return ByteBuffer.allocate(8).putLong(sequence).array();
    }

    static byte[] collection(int number) {
        return ByteBuffer.allocate(5).put((byte) 'C').putInt(number).array();
    }

    static byte[] task(String task) {
        return prefixed('T', text(task));
    }

    static byte[] idempotency(String key) {
        return prefixed('I', text(key));
    }

    /** Idempotency keys in the order in which they came. */
    static byte[] idempotencyOrder(long place) {
        return ByteBuffer.allocate(9).put((byte) 'J').putLong(place).array();
    }

    static byte[] exchange(String key) {
        return prefixed('X', text(key));
    }

    static byte[] identity(String prefix) {
        return prefixed('N', text(prefix));
    }

    static byte[] part(int number) {
        return ByteBuffer.allocate(5).put((byte) 'P').putInt(number).array();
    }

    /** What is due, by kind, time and name. */
    static byte[] due(DueKind kind, long time, String name) {
        byte[] text = text(name);
        return ByteBuffer.allocate(2 + Long.BYTES + text.length)
                .put((byte) DUE)
                .put((byte) kind.letter())
                .putLong(time)
                .put(text)
                .array();
    }

    static String dueName(byte[] key) {
        return new String(key, 2 + Long.BYTES, key.length - 2 - Long.BYTES, UTF_8);
    }

    /** A document's revisions in order: no id has the control character that ends it here. */
    static byte[] revision(String id, long sequence) {
        byte[] text = text(id);
        return ByteBuffer.allocate(2 + text.length + Long.BYTES)
                .put((byte) REVISION)
                .put(text)
                .put((byte) 0)
                .putLong(sequence)
                .array();
    }

    /** Whose revision a key is of. */
    static String revisionOf(byte[] key) {
        return new String(key, 1, key.length - 2 - Long.BYTES, UTF_8);
    }

    /** Whose revision has that sequence number. */
    static byte[] revisionId(long sequence) {
        return ByteBuffer.allocate(9).put((byte) 'Q').putLong(sequence).array();
    }

    static byte[] revisionCount(String id) {
        return prefixed('V', text(id));
    }

    /** A text as a value. */
    static byte[] formatted(String text) {
        return prefixed((char) StoredFormat.ONE, text(text));
    }

    /** Whether drafts walk keys of this kind in order. */
    static boolean isOrdered(byte[] stateKey) {
        return stateKey[0] == DUE || stateKey[0] == REVISION;
    }

    /** The text behind the kind. */
    static String named(byte[] stateKey) {
        return new String(stateKey, 1, stateKey.length - 1, UTF_8);
    }

    /** First and last key of a kind in the state's space: {@code kind(k)} up to {@code kind(k + 1)}. */
    static byte[] kind(int kind) {
        return new byte[] {(byte) kind};
    }

    /** The smallest key that is greater than {@code key}. */
    static byte[] behind(byte[] key) {
        return Arrays.copyOf(key, key.length + 1);
    }

    /** The smallest key that is greater than all with this prefix; null when there is none. */
    static byte[] behindPrefix(byte[] prefix) {
        for (int i = prefix.length - 1; i >= 0; i--) {
            if (prefix[i] != (byte) 0xff) {
                byte[] end = Arrays.copyOf(prefix, i + 1);
                end[i]++;
                return end;
            }
        }
        return null;
    }

    private static byte[] prefixed(char kind, byte[] rest) {
        return ByteBuffer.allocate(1 + rest.length).put((byte) kind).put(rest).array();
    }
}
