package io.rookery.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** A line of the table: when its target is met, and how it is shown. */
final class ResultTest {
    @Test
    void shouldMeetATargetByTheRatioWhenThereIsAReference() {
        Result result = Result.of("sql", 60, "rows/s").against(100, 0.6);

        assertThat(result.ratio()).isEqualTo(0.6);
        assertThat(result.met()).isTrue();
        assertThat(result.against(101, 0.6).met()).isFalse();
    }

    @Test
    void shouldMeetATargetByLessWhenLessIsBetter() {
        assertThat(Result.atMost("memory", 400, "MB", 400).met()).isTrue();
        assertThat(Result.atMost("memory", 401, "MB", 400).met()).isFalse();
    }

    @Test
    void shouldMeetATargetByALowerRatioWhenLessIsBetter() {
        Result result = Result.atMost("snapshot", 30, "ms", 2).against(15, 2.0);

        assertThat(result.met()).isTrue();
        assertThat(result.against(14, 2.0).met()).isFalse();
    }

    @Test
    void shouldSayNothingOfATargetWhenThereIsNone() {
        Result result = Result.of("feed", 1_234.5678, "docs/s");

        assertThat(result.met()).isNull();
        assertThat(result.json().toString())
                .isEqualTo("{\"measure\":\"feed\",\"value\":1234.568,\"unit\":\"docs/s\",\"reference\":null,"
                        + "\"ratio\":null,\"target\":null,\"met\":null}");
    }

    @Test
    void shouldShowInTheTableWhatFallsShort() {
        List<Result> results =
                List.of(Result.of("sql", 60, "rows/s").against(200, 0.6), Result.atMost("memory", 300, "MB", 400));

        assertThat(ResultTable.of(results).lines().skip(1))
                .satisfiesExactly(
                        line -> assertThat(line.split(" +"))
                                .containsExactly("sql", "60.00", "rows/s", "200", "0.30", ">=0.60", "NO"),
                        line -> assertThat(line.split(" +")).containsExactly("memory", "300", "MB", "<=400", "yes"));
    }

    @Test
    void shouldTakeTheMiddleAsTheMedian() {
        assertThat(Duel.median(List.of(9.0, 1.0, 5.0))).isEqualTo(5.0);
        assertThat(Duel.median(List.of(9.0, 1.0, 5.0, 7.0))).isEqualTo(6.0);
    }
}
