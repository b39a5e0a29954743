package io.rookery.bench.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class AnchorsTest {
    private static Answer databases(String json) {
        return new Answer(200, json.getBytes(StandardCharsets.UTF_8), Map.of(), Answer.Fate.DONE, "");
    }

    @Test
    void shouldFindTextInSlotsOfShard() {
        Answer two = databases(
                """
                {"databases":[
                  {"name":"other","shards":[{"number":1,"slots":[[0,1]]}]},
                  {"name":"faults","shards":[
                    {"number":0,"slots":[[0,9],[500000,1048575]]},
                    {"number":1,"slots":[[10,499999]]}]}]}
                """);

        assertThat(List.of(Anchors.slot(Anchors.of(two, 1)))).allMatch(slot -> slot >= 10 && slot < 500_000);
        assertThat(List.of(Anchors.slot(Anchors.of(two, 0)))).noneMatch(slot -> slot >= 10 && slot < 500_000);
        assertThat(List.of(Anchors.slot(Anchors.ofUpperHalf(two, 0)))).allMatch(slot -> slot > 774_000);
    }

    @Test
    void shouldTakeAnyTextWhereNoSlotsAreShown() {
        assertThat(Anchors.of(databases("{\"databases\":[{\"name\":\"faults\",\"shards\":[{\"number\":0}]}]}"), 0))
                .isEqualTo("anchor0");
    }
}
