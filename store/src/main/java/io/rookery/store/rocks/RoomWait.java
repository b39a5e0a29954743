package io.rookery.store.rocks;

import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Waiting for space on a volume: for ever while there is none, and then until RocksDB has noticed, which looks every five
 * seconds. When there has been space for long and it still writes nothing, something else is wrong.
 */
final class RoomWait {
    private static final Logger LOG = LoggerFactory.getLogger(RoomWait.class);
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(50);
    private static final long LONG_NANOS = TimeUnit.SECONDS.toNanos(60);
    /** Less is no space that a flush could do with. */
    private static final long ROOM = 16L << 20;

    private final Path folder;
    private boolean waits;
    private long roomSince;

    RoomWait(Path folder) {
        this.folder = folder;
    }

    boolean isWorthIt() {
        long now = System.nanoTime();
        if (!waits) {
            LOG.warn("{} cannot be written: there is no space; going on when there is", folder);
            waits = true;
            roomSince = now;
        }
        if (folder.toFile().getUsableSpace() < ROOM) {
            roomSince = now;
        }
        return now - roomSince < LONG_NANOS;
    }

    void park() {
        LockSupport.parkNanos(LOOK_NANOS);
    }
}
