package io.rookery.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rookery.bench.Timings.Span;
import java.util.List;
import org.junit.jupiter.api.Test;

/** How long requests took, by when they were under way. */
final class TimingsTest {
    private static final long MILLISECOND = 1_000_000;

    private final Timings timings = new Timings();

    @Test
    void shouldTellTheSlowestAndPercentilesOfWhatIsWanted() {
        for (int i = 1; i <= 200; i++) {
            timings.add(0, i * MILLISECOND);
        }

        Timings.Durations all = timings.of(span -> true);

        assertThat(all.count()).isEqualTo(200);
        assertThat(all.most()).isEqualTo(200);
        assertThat(all.percentile(99)).isEqualTo(199);
        assertThat(timings.of(span -> span.to() <= 50 * MILLISECOND).most()).isEqualTo(50);
    }

    @Test
    void shouldFindTheRequestsThatWereUnderWayNearSomething() {
        Span snapshot = new Span(100, 200);

        assertThat(new Span(0, 100).meetsAny(List.of(snapshot))).isTrue();
        assertThat(new Span(120, 130).meetsAny(List.of(snapshot))).isTrue();
        assertThat(new Span(0, 300).meetsAny(List.of(snapshot))).isTrue();
        assertThat(new Span(0, 99).meetsAny(List.of(snapshot))).isFalse();
        assertThat(new Span(201, 300).meetsAny(List.of(snapshot))).isFalse();
        assertThat(new Span(0, 99).meetsAny(List.of(snapshot.widened(1)))).isTrue();
    }

    @Test
    void shouldNotAnswerWhenThereIsNothingToTellOf() {
        timings.add(0, 1);

        assertThatThrownBy(() -> timings.of(span -> false)).isInstanceOf(IllegalStateException.class);
    }
}
