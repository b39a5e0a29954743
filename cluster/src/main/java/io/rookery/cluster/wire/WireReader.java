package io.rookery.cluster.wire;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Reads what {@link WireWriter} wrote; anything else is an IllegalStateException. Belongs to one thread. */
public final class WireReader {
    private final byte[] in;
    private final int end;
    private int place;

    public WireReader(byte[] in) {
        this(in, 0, in.length);
    }

    private WireReader(byte[] in, int from, int end) {
        this.in = in;
        this.place = from;
        this.end = end;
    }

    public int octet() {
        need(1);
        return in[place++];
    }

    public boolean flag() {
        int value = octet();
        if (value != 0 && value != 1) {
            throw malformed("a flag but found " + value);
        }
        return value == 1;
    }

    public long number() {
        long value = 0;
        for (int shift = 0; shift < 70; shift += 7) {
            int octet = octet();
            value |= (long) (octet & 0x7F) << shift;
            if (octet >= 0) {
                return value;
            }
        }
        throw malformed("a number of at most ten octets");
    }

    public int count() {
        long value = number();
        // everything counted takes at least one octet: a damaged count cannot ask for more memory than was sent
        if (value < 0 || value > end - place) {
            throw malformed("a count of at most " + (end - place) + " but found " + value);
        }
        return (int) value;
    }

    public byte[] bytes() {
        int length = count();
        byte[] value = new byte[length];
        System.arraycopy(in, place, value, 0, length);
        place += length;
        return value;
    }

    /** What {@link #bytes} would give, to be read in place. */
    public WireReader part() {
        int length = count();
        place += length;
        return new WireReader(in, place - length, place);
    }

    public String text() {
        int length = count();
        String value = new String(in, place, length, StandardCharsets.UTF_8);
        place += length;
        return value;
    }

    public String optionalText() {
        return flag() ? text() : null;
    }

    public List<String> texts() {
        int count = count();
        List<String> values = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            values.add(text());
        }
        return values;
    }

    public boolean isAtEnd() {
        return place == end;
    }

    public void end() {
        if (place != end) {
            throw malformed("the end but found " + (end - place) + " more bytes");
        }
    }

    private void need(int length) {
        if (length > end - place) {
            throw malformed("more bytes");
        }
    }

    private IllegalStateException malformed(String expected) {
        return new IllegalStateException("Expected " + expected + " at place " + place + " of " + end);
    }
}
