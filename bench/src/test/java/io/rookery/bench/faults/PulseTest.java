package io.rookery.bench.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.rookery.bench.faults.Pulse.Beat;
import io.rookery.bench.faults.Pulse.Span;
import io.rookery.bench.faults.Pulse.Window;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class PulseTest {
    private static final List<String> ONE = List.of("a");

    /** A write that was sent and answered at these milliseconds. */
    private static Beat write(String anchor, long sent, long answered) {
        return new Beat("A", anchor, true, sent * 1_000_000, answered * 1_000_000, "");
    }

    private static Window window(List<String> anchors, Beat... beats) {
        return new Window(List.of(beats), anchors, new Span(0, 10_000_000_000L));
    }

    @Test
    void shouldFindLongestTimeWithoutWriteBetweenBeforeAndBehindOnes() {
        assertThat(window(ONE, write("a", 0, 1_000), write("a", 1_000, 6_000), write("a", 6_000, 9_000))
                        .longestWithoutWrite())
                .isEqualTo(5);
        assertThat(window(ONE, write("a", 7_000, 8_000)).longestWithoutWrite()).isEqualTo(8);
        assertThat(window(ONE, write("a", 0, 1_000)).longestWithoutWrite()).isEqualTo(9);
        assertThat(window(ONE).longestWithoutWrite()).isEqualTo(10);
    }

    @Test
    void shouldNotTakeReadsOrFailuresOrOtherShardsForWrites() {
        Beat read = new Beat("A", "a", false, 0, 5_000_000_000L, "");
        Beat failed = new Beat("A", "a", true, 0, 5_000_000_000L, "503 NO_LEADER");

        assertThat(window(ONE, write("a", 0, 1_000), read, failed).longestWithoutWrite())
                .isEqualTo(9);
        assertThat(window(List.of("a", "b"), write("a", 0, 5_000), write("b", 0, 2_000))
                        .longestWithoutWrite())
                .isEqualTo(8);
        assertThat(window(ONE, read, failed).errors()).containsExactly(failed);
        assertThat(window(ONE, read, failed)).asString().contains("A: 503 NO_LEADER=1");
    }

    @Test
    void shouldLookAtSomeShardsOnly() {
        Beat failed = new Beat("A", "b", true, 0, 5_000_000_000L, "no answer");
        Window both = window(List.of("a", "b"), write("a", 0, 9_000), write("b", 0, 2_000), failed);

        assertThat(both.of(ONE).longestWithoutWrite()).isEqualTo(9);
        assertThat(both.of(ONE).errors()).isEmpty();
        assertThat(both.of(List.of("b")).errors()).containsExactly(failed);
    }

    @Test
    void shouldFindPercentileOfWritesThatWereDone() {
        List<Beat> beats = new ArrayList<>();
        for (int i = 1; i <= 100; i++) {
            beats.add(write("a", 0, i));
        }
        beats.add(new Beat("A", "a", true, 0, 9_000_000_000L, "no answer"));

        assertThat(new Window(beats, ONE, new Span(0, 1)).p99(true)).isEqualTo(99);
        assertThat(new Window(beats, ONE, new Span(0, 1)).p99(false)).isNaN();
    }
}
