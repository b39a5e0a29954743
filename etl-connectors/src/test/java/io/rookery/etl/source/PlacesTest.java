package io.rookery.etl.source;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PlacesTest {
    @ParameterizedTest
    @ValueSource(strings = {"COMMIT", "MESSAGE"})
    void shouldGoOnBeforeTheRowThatBeginsWhereACommitOrMessageEnds(String type) {
        assertThat(Places.of(Map.of("messageType", type, "lsn", 80L, "lsn_proc", 80L, "lsn_commit", 80L)))
                .isEqualTo(Map.of("messageType", type, "lsn", 79L, "lsn_proc", 79L, "lsn_commit", 79L));
        assertThat(Places.of(Map.of("messageType", type, "lsn", 80L, "lsn_commit", 50L)))
                .isEqualTo(Map.of("messageType", type, "lsn", 79L, "lsn_commit", 50L));
    }

    @Test
    void shouldGoOnBeforeTheFirstRowOfABegunTransaction() {
        assertThat(Places.of(Map.of("messageType", "BEGIN", "lsn", 80L, "lsn_commit", 90L)))
                .isEqualTo(Map.of("messageType", "BEGIN", "lsn", 79L, "lsn_commit", 90L));
    }

    @Test
    void shouldLeaveThePlaceOfARowAndOfASnapshot() {
        Map<String, Object> row = Map.of("messageType", "UPDATE", "lsn", 80L);
        Map<String, Object> snapshot = Map.of("snapshot", "INITIAL", "lsn", 80L);
        assertThat(Places.of(row)).isSameAs(row);
        assertThat(Places.of(snapshot)).isSameAs(snapshot);
    }
}
