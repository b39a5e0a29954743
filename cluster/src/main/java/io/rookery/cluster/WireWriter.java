package io.rookery.cluster;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Collection;

/** Writes numbers, texts and byte strings one behind the other. Belongs to one thread. */
final class WireWriter {
    private final ByteArrayOutputStream out;

    WireWriter(int expectedSize) {
        out = new ByteArrayOutputStream(expectedSize);
    }

    WireWriter octet(int value) {
        out.write(value);
        return this;
    }

    WireWriter flag(boolean value) {
        return octet(value ? 1 : 0);
    }

    /** Seven bits an octet, low ones first; a negative number takes ten. */
    WireWriter number(long value) {
        long rest = value;
        while ((rest & ~0x7FL) != 0) {
            out.write((int) (rest & 0x7F) | 0x80);
            rest >>>= 7;
        }
        out.write((int) rest);
        return this;
    }

    WireWriter bytes(byte[] value) {
        number(value.length);
        out.writeBytes(value);
        return this;
    }

    WireWriter text(String value) {
        return bytes(value.getBytes(StandardCharsets.UTF_8));
    }

    WireWriter optionalText(String value) {
        flag(value != null);
        return value == null ? this : text(value);
    }

    WireWriter texts(Collection<String> values) {
        number(values.size());
        values.forEach(this::text);
        return this;
    }

    byte[] toBytes() {
        return out.toByteArray();
    }
}
