package io.rookery.cluster.wire;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Collection;

/** Writes numbers, texts and byte strings one behind the other. Belongs to one thread. */
public final class WireWriter {
    private final ByteArrayOutputStream out;

    public WireWriter(int expectedSize) {
        out = new ByteArrayOutputStream(expectedSize);
    }

    public WireWriter octet(int value) {
        out.write(value);
        return this;
    }

    public WireWriter flag(boolean value) {
        return octet(value ? 1 : 0);
    }

    /** Seven bits an octet, low ones first; a negative number takes ten. */
    public WireWriter number(long value) {
        long rest = value;
        while ((rest & ~0x7FL) != 0) {
            out.write((int) (rest & 0x7F) | 0x80);
            rest >>>= 7;
        }
        out.write((int) rest);
        return this;
    }

    public WireWriter bytes(byte[] value) {
        number(value.length);
        out.writeBytes(value);
        return this;
    }

    public WireWriter text(String value) {
        return bytes(value.getBytes(StandardCharsets.UTF_8));
    }

    public WireWriter optionalText(String value) {
        flag(value != null);
        return value == null ? this : text(value);
    }

    public WireWriter texts(Collection<String> values) {
        number(values.size());
        values.forEach(this::text);
        return this;
    }

    public byte[] toBytes() {
        return out.toByteArray();
    }
}
