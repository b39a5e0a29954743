package io.rookery.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.rookery.api.Json;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What the command writes for other programs. */
final class BenchCommandTest {
    @Test
    void shouldSayWhatWasSkippedAndWhy() {
        List<String> lines = BenchCommand.lines(
                List.of(Result.of("feed", 10, "docs/s")), Map.of("etcd", "the program etcd is not installed"));

        assertThat(lines).hasSize(2);
        assertThat(Json.parse(lines.get(0)).asObject()).containsEntry("measure", "feed");
        assertThat(Json.parse(lines.get(1)).asObject())
                .containsEntry("measure", "etcd")
                .containsEntry("skipped", "the program etcd is not installed");
    }
}
