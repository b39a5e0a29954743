package io.rookery.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rookery.api.ChangeVector;
import io.rookery.api.Document;
import io.rookery.api.ErrorCode;
import io.rookery.api.Json;
import io.rookery.api.RookeryException;
import io.rookery.store.RevisionPolicy;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SettingsJsonTest {
    private static Map<String, Object> json(String text) {
        return Json.parse(text).asObject();
    }

    @Test
    void shouldReadWhatItWrote() {
        RevisionPolicy.Rule rule = new RevisionPolicy.Rule(false, 5, TimeUnit.DAYS.toMillis(400) + 61_007, true, 7);
        DatabaseSettings settings = new DatabaseSettings(
                new DatabaseSettings.Schedule(false, 5, 100),
                DatabaseSettings.Schedule.OFF,
                new RevisionPolicy(
                        new RevisionPolicy.Rule(true, -1, -1, false, 256), new TreeMap<>(Map.of("Ä", rule))));

        Document stored = new Document("settings/x", "@settings", ChangeVector.NONE, 0, settings.json());
        assertThat(DatabaseSettings.of(stored)).isEqualTo(settings);
        Document plain = new Document("settings/x", "@settings", ChangeVector.NONE, 0, DatabaseSettings.DEFAULT.json());
        assertThat(DatabaseSettings.of(plain)).isEqualTo(DatabaseSettings.DEFAULT);
    }

    @Test
    void shouldTakeRavenDbsDefaults() {
        assertThat(SettingsJson.expiration(json("{\"Disabled\":false}")))
                .isEqualTo(new DatabaseSettings.Schedule(false, 60, Long.MAX_VALUE));
        assertThat(SettingsJson.revisions(json("{\"Default\":{}}")).otherwise())
                .isEqualTo(new RevisionPolicy.Rule(false, -1, -1, false, 256));
    }

    @ParameterizedTest
    @CsvSource({
        "14.00:00:00,1209600000",
        "00:00:01,1000",
        "1.02:03:04.5,93784500",
        "00:00:00.0010000,1",
    })
    void shouldReadTimeSpans(String span, long millis) {
        String text = "{\"Default\":{\"MinimumRevisionAgeToKeep\":\"" + span + "\"}}";

        assertThat(SettingsJson.revisions(json(text)).otherwise().ageMillis()).isEqualTo(millis);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"Default\":{\"MinimumRevisionAgeToKeep\":\"14 days\"}}",
                "{\"Default\":{\"MinimumRevisionAgeToKeep\":14}}",
                "{\"Default\":{\"MinimumRevisionsToKeep\":-1}}",
                "{\"Default\":{\"MinimumRevisionsToKeep\":1.5}}",
                "{\"Default\":{\"MaximumRevisionsToDeleteUponDocumentUpdate\":0}}",
                "{\"Default\":[]}",
                "{\"Collections\":{\"\":{}}}",
                "{\"Collections\":{\"A\":null}}",
                "{\"Collection\":{}}",
            })
    void shouldRefuseWhatItDoesNotUnderstand(String text) {
        assertThatThrownBy(() -> SettingsJson.revisions(json(text)))
                .isInstanceOfSatisfying(RookeryException.class, refused -> assertThat(refused.code())
                        .isEqualTo(ErrorCode.BAD_REQUEST));
    }
}
