package io.rookery.bench.faults;

import io.rookery.server.process.ServerProcess;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * A node under faults: its process, which may be another one after it ended, and what faults it can have.
 *
 * @param number place in the cluster, from 0
 * @param volume its own file system; null for none
 * @param preload what was loaded into it; null for none
 */
record Member(int number, ServerProcess process, Volume volume, Preload preload) {
    private static final Duration PATIENCE = Duration.ofSeconds(2);

    String tag() {
        return process.tag();
    }

    /** As a client has it that does not wait for long. */
    Door door() {
        return door(PATIENCE);
    }

    Door door(Duration patience) {
        return new Door(process.url(), patience);
    }

    Member with(ServerProcess other) {
        return new Member(number, other, volume, preload);
    }

    /** Deletes all that it kept. */
    void wipe() {
        Shell.must("find", process.settings().data().toString(), "-mindepth", "1", "-delete");
    }

    /** Whether it serves linearizable reads of the database now. */
    boolean servesReads() {
        return door().get(Door.docs(Cluster.DATABASE, List.of("none"))).isAbsent();
    }

    /** The state of its process as the kernel says it, such as T for stopped; gone when there is none. */
    String kernelState() {
        try {
            String stat = Files.readString(Path.of("/proc", Long.toString(process.pid()), "stat"));
            return stat.substring(stat.lastIndexOf(')') + 2, stat.lastIndexOf(')') + 3);
        } catch (java.io.IOException e) {
            return "gone";
        }
    }

    @Override
    public String toString() {
        return tag();
    }
}
