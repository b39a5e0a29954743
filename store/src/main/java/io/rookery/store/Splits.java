package io.rookery.store;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.rookery.api.ChangeVector;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * All splits that a shard and those it came from went through, in order: from them follows which slots it has, and which shard
 * wrote a version. Immutable; part of the replicated state, the same in both shards of a split.
 *
 * @param self tag of the shard that looks at it; not stored
 */
public record Splits(String self, List<Split> all) {
    public Splits {
        all = List.copyOf(all);
    }

    static Splits none(String self) {
        return new Splits(self, List.of());
    }

    /** How many there were. */
    public int count() {
        return all.size();
    }

    boolean isEmpty() {
        return all.isEmpty();
    }

    Split newest() {
        return all.get(all.size() - 1);
    }

    /** Newest sequence number at the last split; 0 when there was none. Up to there the feed may have gaps. */
    long head() {
        return all.isEmpty() ? 0 : newest().head();
    }

    /** Whether the shard has what belongs to a text. A shard that was never split has whatever comes to it. */
    public boolean owns(String text) {
        return all.isEmpty() || ownsSlot(Slot.of(text));
    }

    boolean ownsSlot(int slot) {
        boolean owns = true;
        for (Split split : all) {
            if (split.to().equals(self)) {
                owns = split.moves(slot);
            } else if (split.from().equals(self) && split.moves(slot)) {
                owns = false;
            }
        }
        return owns;
    }

    /** Whether all slots of a range are here. */
    boolean ownsAll(int first, int last) {
        for (int slot = first; slot <= last; slot++) {
            if (!ownsSlot(slot)) {
                return false;
            }
        }
        return true;
    }

    /** The change vector of a version by its sequence number: with the tag of the shard that wrote it, for ever. */
    public ChangeVector vector(long sequence) {
        for (Split split : all) {
            if (sequence <= split.head()) {
                return new ChangeVector(split.from(), sequence);
            }
        }
        return new ChangeVector(self, sequence);
    }

    /** With another head of the newest one. */
    Splits endingAt(long head) {
        Split last = newest();
        return new Splits(self, all.subList(0, all.size() - 1))
                .with(new Split(last.from(), last.to(), last.first(), last.last(), head, last.index()));
    }

    Splits with(Split split) {
        List<Split> more = new ArrayList<>(all);
        more.add(split);
        return new Splits(self, more);
    }

    byte[] write() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(StoredFormat.ONE);
        for (Split split : all) {
            byte[] from = split.from().getBytes(UTF_8);
            byte[] to = split.to().getBytes(UTF_8);
            out.writeBytes(ByteBuffer.allocate(2 + from.length + to.length + 2 * Integer.BYTES + 2 * Long.BYTES)
                    .put((byte) from.length)
                    .put(from)
                    .put((byte) to.length)
                    .put(to)
                    .putInt(split.first())
                    .putInt(split.last())
                    .putLong(split.head())
                    .putLong(split.index())
                    .array());
        }
        return out.toByteArray();
    }

    /** @param value null in a store that was never split */
    static Splits read(String self, byte[] value) {
        if (value == null) {
            return none(self);
        }
        ByteBuffer in = StoredFormat.read(value, "list of splits");
        List<Split> all = new ArrayList<>();
        while (in.hasRemaining()) {
            all.add(new Split(text(in), text(in), in.getInt(), in.getInt(), in.getLong(), in.getLong()));
        }
        return new Splits(self, all);
    }

    private static String text(ByteBuffer in) {
        byte[] text = new byte[in.get()];
        in.get(text);
        return new String(text, UTF_8);
    }
}
