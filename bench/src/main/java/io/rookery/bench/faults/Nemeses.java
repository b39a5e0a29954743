package io.rookery.bench.faults;

import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/** All kinds of faults, in the order in which they come first. */
final class Nemeses {
    private Nemeses() {}

    static List<Nemesis> all() {
        return List.of(
                new Kill(true),
                new Pause("pause", true, Duration.ofSeconds(4)),
                new Cut(Cut.Kind.ISOLATE_LEADER, Duration.ofSeconds(8)),
                new Cut(Cut.Kind.ONE_WAY, Duration.ofSeconds(8)),
                new Cut(Cut.Kind.PAIR, Duration.ofSeconds(8)),
                new Kill(false),
                new Pause("pause-9", true, Duration.ofSeconds(9)),
                new Pause("pause-follower", false, Duration.ofSeconds(9)),
                new DiskFull(false),
                new DiskFull(true),
                new FsyncError(),
                new PowerLoss(),
                new ClockJump(),
                new RollingRestart(),
                new Membership(),
                new FlippedBit(),
                new TruncatedLog(),
                new OldFile(),
                new DeadFollower(),
                new MoveShard(),
                new Replace(),
                new KillAll(),
                new Pause("pause-75", true, Duration.ofSeconds(75)));
    }

    /** What changes too much to come among others: only when it is asked for by its name. */
    static List<Nemesis> alone(long writes) {
        return List.of(
                new Grow(), new Install(writes), new RollingUpgrade(), new SplitShard(false), new SplitShard(true));
    }

    static List<String> names() {
        return Stream.concat(all().stream(), alone(0).stream())
                .map(Nemesis::name)
                .toList();
    }
}
