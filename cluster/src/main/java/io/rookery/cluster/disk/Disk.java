package io.rookery.cluster.disk;

import io.rookery.api.ErrorCode;
import io.rookery.api.RookeryException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The volume that a node's data is on. Writes are refused while there is still room to end what was begun: a log that
 * cannot be written ends the process. A ballast file is kept and deleted when the volume is really full, so that what
 * is under way has room. Goes back to normal by itself. Any thread; a look costs two system calls.
 */
public final class Disk {
    private static final Logger LOG = LoggerFactory.getLogger(Disk.class);
    private static final long MOST_BALLAST = 64L << 20;
    private static final long SMALL_VOLUME_FULL = 512L << 20;
    private static final long BIG_VOLUME_FULL = 4L << 30;
    /** A measure that is older is taken again before anything is written. */
    private static final long FRESH_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    private final Path data;
    private final Path ballast;
    private final Volume volume;
    private final ReentrantLock looking = new ReentrantLock();
    private final AtomicBoolean filling = new AtomicBoolean();
    private volatile Seen seen;

    /** How much room a volume has. */
    @FunctionalInterface
    public interface Volume {
        Space measure() throws IOException;
    }

    /** Bytes of a volume. */
    public record Space(long free, long total) {}

    /** LOW is a warning; at FULL writes are refused. */
    public enum State {
        OK,
        LOW,
        FULL
    }

    /** @param missing bytes of the ballast that are not there */
    private record Seen(State state, Space space, long missing, long at) {}

    public Disk(Path data, Volume volume) {
        this.data = data;
        this.ballast = data.resolve("ballast");
        this.volume = volume;
        try {
            Files.createDirectories(data);
            Space space = volume.measure();
            seen = new Seen(State.OK, space, missing(space), System.nanoTime());
        } catch (IOException e) {
            throw new java.io.UncheckedIOException("The data folder " + data + " cannot be used", e);
        }
        look();
    }

    public static Disk of(Path data) {
        return new Disk(data, () -> {
            FileStore store = Files.getFileStore(data);
            return new Space(store.getUsableSpace(), store.getTotalSpace());
        });
    }

    /**
     * Below this, writes are refused: 5 % of the volume, at least 512 MB, but not more than 10 % of a small one nor
     * 4 GB of a big one, of which 5 % are a lot of room.
     */
    public static long fullMark(long total) {
        long least = Math.min(SMALL_VOLUME_FULL, total / 10);
        return Math.max(least, Math.min(BIG_VOLUME_FULL, total / 20));
    }

    /** Writes are taken again from here on: 8 % of the volume, in proportion on a small or a big one. */
    public static long resumeMark(long total) {
        return fullMark(total) / 5 * 8;
    }

    /** 15 % of the volume, in proportion on a small or a big one. */
    public static long lowMark(long total) {
        return fullMark(total) * 3;
    }

    public static long ballastSize(long total) {
        return Math.min(MOST_BALLAST, total / 10);
    }

    /** As of the last look. */
    public State state() {
        return seen.state();
    }

    /** As of the last look. */
    public Space space() {
        return seen.space();
    }

    /** Whether new writes are to be refused. */
    public boolean isFull() {
        return fresh().state() == State.FULL;
    }

    /** Whether what was promised can be written down: entries of a leader elsewhere, entries that wait already. */
    public boolean hasRoom() {
        Seen now = fresh();
        return now.space().free() >= ballastSize(now.space().total()) / 2;
    }

    /** Whether so much can be written without the disk becoming full by it. */
    public boolean fits(long bytes) {
        Seen now = fresh();
        return now.space().free() - now.missing() - bytes
                >= fullMark(now.space().total());
    }

    /** Why writes are refused; empty while they are not. */
    public Optional<String> reason() {
        Seen now = seen;
        return now.state() == State.FULL ? Optional.of(reason(now)) : Optional.empty();
    }

    private String reason(Seen now) {
        Space space = now.space();
        return String.format(
                Locale.ROOT,
                "The disk of %s is full: %d of %d MB are free, and writes are taken again at %d MB",
                data,
                space.free() >> 20,
                space.total() >> 20,
                (resumeMark(space.total()) + now.missing()) >> 20);
    }

    /** For a write that is refused and has no effect. */
    public RookeryException refusal() {
        return new RookeryException(ErrorCode.DISK_FULL, reason(seen));
    }

    private Seen fresh() {
        Seen now = seen;
        if (System.nanoTime() - now.at() > FRESH_NANOS) {
            look();
            now = seen;
        }
        return now;
    }

    /** Measures and decides; whoever comes while another measures goes by what was seen before. */
    public void look() {
        if (!looking.tryLock()) {
            return;
        }
        try {
            Space space = volume.measure();
            long missing = missing(space);
            if (space.free() < ballastSize(space.total()) / 2 && Files.deleteIfExists(ballast)) {
                LOG.warn(
                        "The disk of {} is really full; the ballast is given up so that what is under way can end",
                        data);
                space = volume.measure();
                missing = missing(space);
            }
            become(new Seen(stateOf(space, missing), space, missing, System.nanoTime()));
        } catch (IOException e) {
            LOG.warn("The free space of {} cannot be told: {}", data, e.toString());
        } finally {
            looking.unlock();
        }
    }

    /** The ballast is no free space: what is missing of it is taken off. */
    private State stateOf(Space space, long missing) {
        long free = space.free() - missing;
        long mark = seen.state() == State.FULL ? resumeMark(space.total()) : fullMark(space.total());
        if (free < mark) {
            return State.FULL;
        }
        return free < lowMark(space.total()) ? State.LOW : State.OK;
    }

    private void become(Seen next) {
        State before = seen.state();
        seen = next;
        if (next.state() != before) {
            switch (next.state()) {
                case FULL -> LOG.warn("{}; reads go on", reason(next));
                case LOW ->
                    LOG.warn(
                            "The disk of {} is getting full: {} of {} MB are free; below {} MB writes are refused",
                            data,
                            next.space().free() >> 20,
                            next.space().total() >> 20,
                            fullMark(next.space().total()) >> 20);
                case OK -> LOG.info("The disk of {} has room again", data);
            }
        }
    }

    private long missing(Space space) throws IOException {
        long there = Files.exists(ballast) ? Files.size(ballast) : 0;
        return Math.max(0, ballastSize(space.total()) - there);
    }

    /** Whether {@link #fillBallast} has something to do. */
    public boolean lacksBallast() {
        Seen now = seen;
        return now.missing() > 0 && now.state() != State.FULL && !filling.get();
    }

    /** Writes the ballast again; takes as long as the disk does. */
    public void fillBallast() {
        if (!filling.compareAndSet(false, true)) {
            return;
        }
        try (OutputStream out = Files.newOutputStream(ballast)) {
            byte[] block = new byte[1 << 20];
            long left = ballastSize(seen.space().total());
            for (; left > 0 && !isFull(); left -= block.length) {
                out.write(block, 0, (int) Math.min(left, block.length));
            }
        } catch (IOException e) {
            LOG.info("The ballast of {} could not be written and is tried again: {}", data, e.toString());
        } finally {
            filling.set(false);
            look();
        }
    }
}
