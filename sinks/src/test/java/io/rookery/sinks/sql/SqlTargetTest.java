package io.rookery.sinks.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rookery.api.RookeryException;
import io.rookery.api.Setting;
import io.rookery.api.Values;
import io.rookery.sinks.Fields;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SqlTargetTest {
    private static SqlTarget parse(Map<String, Object> table) {
        return SqlTarget.of(Setting.of(Map.of("sql", "dwh", "tables", Map.of("t", table))), new Values(new Fields()));
    }

    @Test
    void shouldNameTheNearestKey() {
        assertThatThrownBy(() -> parse(Map.of("key", Map.of("id", "$id"), "colums", Map.of())))
                .isInstanceOf(RookeryException.class)
                .hasMessageContaining("did you mean 'columns'");
    }

    @Test
    void shouldRefuseNamesThatTheDatabaseWouldCut() {
        assertThatThrownBy(() -> parse(Map.of("key", Map.of("i".repeat(64), "$id"))))
                .hasMessageContaining("at most 63 bytes");
    }

    @Test
    void shouldRefuseAKeyThatCannotTellTheItems() {
        assertThatThrownBy(() -> parse(Map.of("key", Map.of("id", "$id"), "each", "lines")))
                .hasMessageContaining("$item");
    }

    @Test
    void shouldRefuseSqlInAType() {
        assertThatThrownBy(() -> parse(Map.of(
                        "key", Map.of("id", "$id"),
                        "columns", Map.of("a", Map.of("from", "a", "type", "text); DROP TABLE x")))))
                .hasMessageContaining("Expected a type");
    }

    @Test
    void shouldWantTheBodyBeforeOnlyWhereTheIdDoesNotTellTheRows() {
        SqlSinkFactory factory = new SqlSinkFactory();
        assertThat(factory.wantsBefore(to("$id"))).isFalse();
        assertThat(factory.wantsBefore(to("number"))).isTrue();
        assertThat(factory.wantsBefore(to("= a * b"))).isTrue();
    }

    /** Two documents that share a row may be in two shards, whose sequence numbers say nothing of each other. */
    @Test
    void shouldRefuseToGuardSharedRowsByTheSequenceNumbersOfSeveralShards() {
        Map<String, Object> guarded = Map.of("key", Map.of("k", "number"), "columns", Map.of("place", "$seq"));
        Setting to = Setting.of(Map.of("sql", "dwh", "tables", Map.of("t", guarded)));
        assertThatThrownBy(() -> parse(guarded).refuseGuardsOverShards(to))
                .isInstanceOf(RookeryException.class)
                .hasMessageContaining("Expected $id in the key of t");
        parse(Map.of("key", Map.of("k", "$id"), "columns", Map.of("place", "$seq")))
                .refuseGuardsOverShards(to);
        parse(Map.of("key", Map.of("k", "number"), "columns", Map.of("n", "n"))).refuseGuardsOverShards(to);
    }

    private static Setting to(String key) {
        return Setting.of(Map.of("sql", "dwh", "tables", Map.of("t", Map.of("key", Map.of("k", key)))));
    }
}
