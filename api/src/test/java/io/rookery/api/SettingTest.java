package io.rookery.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SettingTest {
    private static final Setting HERE = new Setting("t.yaml", 3, 5, "to.sql", "x");

    @Test
    void shouldNameThePlaceThePathAndWhatWasFound() {
        assertThatThrownBy(HERE::mapping).hasMessage("t.yaml:3:5: Expected a mapping for to.sql but found 'x'");
        assertThatThrownBy(HERE::flag).hasMessage("t.yaml:3:5: Expected true or false for to.sql but found 'x'");
        assertThatThrownBy(() -> HERE.oneOf("a", "b")).hasMessageContaining("one of a, b");
        assertThatThrownBy(() -> HERE.integer(1, 9)).hasMessageContaining("a whole number from 1 to 9");
        assertThatThrownBy(() -> Setting.of(Map.of()).get("task"))
                .hasMessage("Expected the key 'task' but it is missing");
        assertThatThrownBy(() -> Setting.of(Map.of("a", List.of())).get("a").text())
                .hasMessage("Expected a text for a but found a list");
    }

    @ParameterizedTest
    @CsvSource({
        "colums, did you mean 'columns'?",
        "clumns, did you mean 'columns'?",
        "idd, did you mean 'id'?",
        "something, known are id; columns",
    })
    void shouldNameTheNearestKnownKey(String key, String hint) {
        assertThatThrownBy(() -> Setting.of(Map.of(key, 1)).only("id", "columns"))
                .hasMessageContaining("Unknown key '" + key + "'; " + hint.replace(";", ","));
    }

    @ParameterizedTest
    @CsvSource({"200ms, PT0.2S", "1s, PT1S", "5m, PT5M", "2 h, PT2H", "1d, PT24H"})
    void shouldReadDurations(String text, Duration duration) {
        assertThat(Setting.of(text).duration()).isEqualTo(duration);
    }

    @ParameterizedTest
    @CsvSource({"5", "-1s", "1.5s", "1w", "s", "9999999999999s"})
    void shouldRefuseWhatIsNoDuration(String text) {
        assertThatThrownBy(() -> Setting.of(text).duration()).hasMessageContaining("200ms, 5s, 2m, 1h");
    }

    @Test
    void shouldTreatNullAsAbsentAndOneAsMany() {
        Map<String, Object> map = new HashMap<>();
        map.put("none", null);
        map.put("list", List.of("a", 1));
        Setting setting = Setting.of(map);
        assertThat(setting.find("none")).isEmpty();
        assertThat(setting.text("none", "otherwise")).isEqualTo("otherwise");
        assertThat(setting.get("list").oneOrMany()).extracting(Setting::text).containsExactly("a", "1");
        assertThat(HERE.oneOrMany()).containsExactly(HERE);
        assertThat(setting.get("list").plain()).isEqualTo(List.of("a", 1L));
    }
}
