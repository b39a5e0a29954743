package io.rookery.bench.faults;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * What a run does.
 *
 * @param nodes 3 or 5
 * @param duration of the faults; the one under way at its end is finished
 * @param nemeses in the order of the first round; later rounds are shuffled
 * @param once whether there is no second round
 * @param seed of everything that is chosen
 */
record Plan(int nodes, Duration duration, List<Nemesis> nemeses, boolean once, long seed) {
    /** From so long on, a run ends with a restart of all nodes and waits until idempotency keys are old. */
    private static final Duration LONG = Duration.ofMinutes(5);

    /** Ratis forgets a request's answer after a minute: a key that is older is the store's own. */
    private static final long OLD_SECONDS = 66;

    Plan {
        nemeses = List.copyOf(nemeses);
    }

    boolean isLong() {
        return duration.compareTo(LONG) >= 0;
    }

    long oldSeconds() {
        return isLong() ? OLD_SECONDS : 0;
    }

    boolean wantsVolumes() {
        return Volume.hindrance().isEmpty()
                && nemeses.stream().anyMatch(one -> one instanceof DiskFull || one instanceof PowerLoss);
    }

    boolean wantsPreload() {
        return Preload.hindrance().isEmpty()
                && nemeses.stream().anyMatch(one -> one instanceof FsyncError || one instanceof ClockJump);
    }

    boolean wantsShutdown() {
        return wantsVolumes()
                && Preload.hindrance().isEmpty()
                && nemeses.stream().anyMatch(PowerLoss.class::isInstance);
    }

    /** Compiled into the folder; null when it is not wanted. */
    Path library(Path folder) {
        return wantsPreload()
                ? Preload.compiled("preload.c", made(folder).resolve("preload.so"), "-shared", "-fPIC", "-ldl")
                : null;
    }

    /** As {@link #library}. */
    String shutdown(Path folder) {
        return wantsShutdown()
                ? Preload.compiled("shutdown.c", made(folder).resolve("shutdown"))
                        .toString()
                : null;
    }

    private static Path made(Path folder) {
        try {
            return Files.createDirectories(folder.resolve("tools"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
