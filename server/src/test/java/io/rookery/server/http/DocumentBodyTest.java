package io.rookery.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.rookery.api.ChangeVector;
import io.rookery.api.Document;
import io.rookery.api.Json;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DocumentBodyTest {
    private static final String METADATA = "\"@metadata\":{\"@collection\":\"People\"}";

    private static DocumentBody of(String text) {
        return DocumentBody.of(Json.checked(text.getBytes(StandardCharsets.UTF_8)));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "{M}|{}",
                " { M } |{}",
                "{M,\"a\":1}|{\"a\":1}",
                "{\"a\":1 , M}|{\"a\":1}",
                "{\"a\":[{},\"}\\\"\"], M ,\"b\":{\"c\":[]}}|{\"a\":[{},\"}\\\"\"],\"b\":{\"c\":[]}}",
                "{\"a\":true,\"b\":-1.5e3,M}|{\"a\":true,\"b\":-1.5e3}",
            })
    void shouldTakeTheMetadataOffAndLeaveTheRestAsItCame(String text, String stored) {
        DocumentBody body = of(text.replace("M", METADATA));

        assertThat(body.collection()).isEqualTo("People");
        assertThat(body.body().toString().replace(" ", "")).isEqualTo(stored);
    }

    @ParameterizedTest
    @ValueSource(strings = {"{}", "{ }", "{\"a\":{\"@metadata\":1}}", "{\"a\":\"\\\"@metadata\\\":{}\"}"})
    void shouldLeaveABodyWithoutMetadataAsItCame(String text) {
        assertThat(of(text)).isEqualTo(new DocumentBody(DocumentBody.NO_COLLECTION, Json.parse(text)));
    }

    @Test
    void shouldFindMetadataWhoseNameIsEscaped() {
        DocumentBody body = of("{\"x\":1,\"\\u0040metadata\":{\"@collection\":\"People\",\"own\":[2]}}");

        assertThat(body).isEqualTo(new DocumentBody("People", Json.parse("{\"x\":1,\"@metadata\":{\"own\":[2]}}")));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"{}", "{ \n}", " {\"a\":1} ", "{\"a\":\"x}\"}", "{\"@metadata\":{\"own\":1}}", "{\"a\":\"\\\\\"}"
            })
    void shouldPutOnTheMetadataAsAMapWouldHaveIt(String stored) {
        for (String id : new String[] {"items/1", "q\"\\/\u0007/é/\ud83d\ude00", "~ "}) {
            Document document =
                    new Document(id, "Ä\"", new ChangeVector("A", 7), 1_700_000_000_009L, Json.parse(stored));
            ByteArrayOutputStream out = new ByteArrayOutputStream();

            DocumentBody.write(document, false, out);

            Map<String, Object> expected = new LinkedHashMap<>(document.body().asObject());
            Map<String, Object> metadata = new LinkedHashMap<>(DocumentBody.metadata(document));
            if (expected.get("@metadata") instanceof Map<?, ?> own) {
                own.forEach((key, value) -> metadata.put((String) key, value));
            }
            expected.put("@metadata", metadata);
            assertThat(Json.parse(out.toByteArray()).asObject()).isEqualTo(expected);
        }
    }

    @Test
    void shouldWriteTimesWithSevenDigits() {
        assertThat(DocumentBody.time(0)).isEqualTo("1970-01-01T00:00:00.0000000Z");
        assertThat(DocumentBody.time(-1)).isEqualTo("1969-12-31T23:59:59.9990000Z");
        assertThat(DocumentBody.time(Instant.parse("2026-02-28T09:05:07.060Z").toEpochMilli()))
                .isEqualTo("2026-02-28T09:05:07.0600000Z");
    }
}
