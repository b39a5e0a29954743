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
 * @param shape of the cluster when it starts
 * @param duration of the faults; the one under way at its end is finished
 * @param nemeses in the order of the first round; later rounds are shuffled
 * @param once whether there is no second round
 * @param seed of everything that is chosen
 */
record Plan(Shape shape, Duration duration, List<Nemesis> nemeses, boolean once, long seed) {
    /** From so long on, a run ends with a restart of all nodes and waits until idempotency keys are old. */
    private static final Duration LONG = Duration.ofMinutes(5);

    /** Ratis forgets a request's answer after a minute: a key that is older is the store's own. */
    private static final long OLD_SECONDS = 66;

    /** Shorter than nodes have it: what is decided after minutes is decided within a run. */
    private static final List<String> IMPATIENT = List.of("rehab_after: 5s", "replace_after: 5s");

    /**
     * The cluster that a run starts.
     *
     * @param from a checkout that was built, whose nodes are started; null for this one
     */
    record Shape(int nodes, int shards, Path from) {
        static final Shape THREE = new Shape(3, 1, null);
    }

    Plan {
        nemeses = List.copyOf(nemeses);
    }

    /** Most nodes that there are at a time. */
    int places() {
        return nemeses.stream()
                .mapToInt(nemesis -> nemesis.nodesAtMost(shape.nodes()))
                .reduce(shape.nodes(), Math::max);
    }

    /** As many as there are ever nodes where they are to have it all, else one on each node of the beginning. */
    int replicas() {
        return nemeses.stream().anyMatch(Grow.class::isInstance) ? places() : shape.nodes();
    }

    /** Lines of the nodes' configuration file. */
    List<String> settings() {
        return nemeses.stream().anyMatch(Replace.class::isInstance) ? IMPATIENT : List.of();
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
