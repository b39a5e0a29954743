package io.rookery.bench.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Short mixes of faults: the same as {@code rookery faults}, once each. */
final class FaultsIT {
    private static final long SEED = 20_261_124;

    @Test
    void shouldKeepEveryPromiseUnderShortMixOfFaults() {
        List<Nemesis> mix = List.of(
                new Kill(true),
                new Pause("pause", true, Duration.ofSeconds(4)),
                new Cut(Cut.Kind.ISOLATE_LEADER, Duration.ofSeconds(6)),
                new Cut(Cut.Kind.ONE_WAY, Duration.ofSeconds(5)),
                new Kill(false));

        expectKept(Plan.Shape.THREE, mix);
    }

    @Test
    void shouldKeepEveryPromiseOnDatabaseOfThreeShards() {
        List<Nemesis> mix = List.of(new Kill(true), new Cut(Cut.Kind.ISOLATE_LEADER, Duration.ofSeconds(5)));

        expectKept(new Plan.Shape(3, 3, null), mix);
    }

    private static void expectKept(Plan.Shape shape, List<Nemesis> mix) {
        Report report = FaultRun.run(new Plan(shape, Duration.ofSeconds(100), mix, true, SEED), System.out);

        assertThat(report.exitCode()).as(report.toString()).isZero();
        assertThat(report.incidents())
                .as("every fault happened, or the report says why it could not")
                .hasSize(mix.size() - report.skipped().size());
        assertThat(report.skipped().keySet()).isSubsetOf("isolate-leader", "one-way-cut");
    }
}
