package io.rookery.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JsonTest {
    private static void refused(ErrorCode code, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        refused(code, () -> Json.parse(text));
        refused(code, () -> Json.checked(bytes));
        byte[] member = ("{\"deep\":[{\"kept\":{\"a\":" + text + "}}]}").getBytes(StandardCharsets.UTF_8);
        if (!text.isBlank()) {
            refused(
                    member.length > Limits.DOCUMENT_BYTES ? ErrorCode.TOO_LARGE : code,
                    () -> Json.parseKeeping("kept", member));
        }
    }

    private static void refused(ErrorCode code, ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOfSatisfying(RookeryException.class, e -> assertThat(e.code())
                .isEqualTo(code));
    }

    @Test
    void shouldRefuseWhatIsNotUtf8() {
        for (java.nio.charset.Charset other :
                List.of(StandardCharsets.UTF_16LE, StandardCharsets.UTF_16BE, StandardCharsets.UTF_16)) {
            refused(ErrorCode.BAD_JSON, () -> Json.checked("{\"a\":1}".getBytes(other)));
        }
        refused(ErrorCode.BAD_JSON, () -> Json.parse("\ufeff{}"));
    }

    @Test
    void shouldKeepTheObjectsOfAMemberAsTheirBytes() {
        String text = "{\"list\": [ {\"kept\" : {\"é\" : [1.50, {\"kept\":2}]  } , \"b\":1}, {\"kept\":[3]}]}";

        Map<String, Object> value = Json.parseKeeping("kept", text.getBytes(StandardCharsets.UTF_8));

        assertThat(value)
                .isEqualTo(Map.of(
                        "list",
                        List.of(
                                Map.of("kept", Json.parse("{\"é\" : [1.50, {\"kept\":2}]  }"), "b", 1L),
                                Map.of("kept", List.of(3L)))));
        refused(ErrorCode.BAD_JSON, () -> Json.parseKeeping("kept", "[]".getBytes(StandardCharsets.UTF_8)));
    }

    @Test
    void shouldKeepTheBytesThatWereChecked() {
        byte[] bytes = " {\"a\": [1.50, \"\\ud83d\\ude00\", {}], \"b\":null} ".getBytes(StandardCharsets.UTF_8);

        assertThat(Json.checked(bytes)).isEqualTo(Json.parse(bytes));
        assertThat(Json.checked(bytes).value()).isEqualTo(Json.parse(bytes).value());
    }

    @Test
    void shouldKeepEveryDigitTheOrderAndTheBytes() {
        String text = "{\"z\":12.3400,\"a\":[9007199254740993,92233720368547758070,1e3],\"t\":true,\"n\":null}";

        Json json = Json.parse(text);

        assertThat(json.toString()).isEqualTo(text);
        assertThat(json.asObject().keySet()).containsExactly("z", "a", "t", "n");
        assertThat(json.asObject().get("z")).isEqualTo(new BigDecimal("12.3400"));
        assertThat(json.asObject().get("a"))
                .isEqualTo(List.of(9007199254740993L, new BigInteger("92233720368547758070"), new BigDecimal("1e3")));
        assertThat(Json.of(json.value()).value())
                .isEqualTo(Json.parse(text.replace("1e3", "1000")).value());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "{",
                "[1,]",
                "{\"a\":1,\"a\":2}",
                "{'a':1}",
                "{a:1}",
                "1 2",
                "NaN",
                "01",
                "\"\u0001\"",
                "tru",
                "\"\\x\"",
                "// c\n1",
                "\"\\ud800\"",
                "{\"\\udc00x\":1}",
                "[\"\\ud83d\\ud83d\"]",
            })
    void shouldRefuseWhatIsNoJson(String text) {
        refused(ErrorCode.BAD_JSON, text);
    }

    @Test
    void shouldTakeWholeSurrogatePairs() {
        assertThat(Json.parse("\"\\ud83d\\ude00\"").value()).isEqualTo("\ud83d\ude00");
        assertThat(Json.parse("\"\\\\ud800\"").value()).isEqualTo("\\ud800");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "1e1000000000",
                "-1e-1000000000",
                "1e1001",
                "1e-1001",
                "[0.0e999999]",
                "1e99999999999999999999",
                "1E2147483648",
            })
    void shouldRefuseNumbersThatAreLargerThanTheirText(String text) {
        refused(ErrorCode.TOO_LARGE, text);
    }

    @ParameterizedTest
    @CsvSource({"1e999,1e999", "-2.5E-7,-2.5E-7", "1e308,1e308", "0.1e1,1.0e0"})
    void shouldTakeNumbersOfUsualSize(String text, String number) {
        assertThat((BigDecimal) Json.parse(text).value()).isEqualByComparingTo(number);
    }

    @Test
    void shouldBoundDepthStringsNumbersAndSize() {
        refused(ErrorCode.TOO_LARGE, "[".repeat(65) + "]".repeat(65));
        assertThat(Json.parse("[".repeat(64) + "]".repeat(64)).value()).isInstanceOf(List.class);
        refused(ErrorCode.TOO_LARGE, "1" + "0".repeat(Limits.NUMBER_LENGTH));
        refused(ErrorCode.TOO_LARGE, '"' + "x".repeat(Limits.STRING_LENGTH + 1) + '"');
        byte[] large = new byte[Limits.DOCUMENT_BYTES + 1];
        Arrays.fill(large, (byte) ' ');
        assertThatThrownBy(() -> Json.parse(large))
                .isInstanceOfSatisfying(
                        RookeryException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.TOO_LARGE));
    }

    @Test
    void shouldSayWhereAndWhatIsWrong() {
        assertThatThrownBy(() -> Json.parse("{\n \"a\": tru\n}")).hasMessageContaining("line 2");
        assertThatThrownBy(() -> Json.parse("[1] x")).hasMessageContaining("line 1");
        assertThatThrownBy(() -> Json.parse("[1]").asObject()).hasMessage("Expected a JSON object but found an array");
    }

    @Test
    void shouldWriteJavaValuesAsTheClassSays() {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("double", 0.5);
        map.put("whole", 3.0);
        map.put("nan", Double.NaN);
        map.put("bytes", new byte[] {1, 2});
        map.put("big", new BigDecimal("1E+3"));
        map.put("json", Json.parse("{\"k\": 1}"));
        map.put("none", null);

        assertThat(Json.of(map))
                .hasToString("{\"double\":0.5,\"whole\":3,\"nan\":null,\"bytes\":\"AQI=\",\"big\":1000,"
                        + "\"json\":{\"k\": 1},\"none\":null}");
        assertThatThrownBy(() -> Json.of(new Object())).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void shouldBeEqualWhenTheBytesAre() {
        assertThat(Json.parse("{\"a\":1}"))
                .isEqualTo(Json.of(Map.of("a", 1)))
                .hasSameHashCodeAs(Json.of(Map.of("a", 1)));
        assertThat(Json.parse("{\"a\": 1}")).isNotEqualTo(Json.parse("{\"a\":1}"));
        assertThat(Json.trusted("[1]".getBytes(StandardCharsets.UTF_8)).size()).isEqualTo(3);
    }

    @Test
    void shouldGiveValuesThatCannotBeChanged() {
        assertThatThrownBy(() -> Json.parse("{}").asObject().put("a", 1))
                .isInstanceOf(UnsupportedOperationException.class);
    }

    @Test
    void shouldHaveTheValueThatParsingGivesWhateverItWasMadeOf() {
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("text", "a\nb");
        values.put("number", 7L);
        values.put("amount", new BigDecimal("12.5000"));
        values.put("absent", null);
        values.put("list", List.of(1L, Map.of("deep", true)));

        assertThat(Json.ofUnchanging(values).value()).isEqualTo(values);
        for (Object other : List.of(1, 1.5, 2.0, new BigDecimal("1E+3"), new BigDecimal("10"), new byte[] {1})) {
            values.put("other", other);
            Json json = Json.ofUnchanging(values);
            assertThat(json.value()).isEqualTo(Json.parse(json.bytes()).value());
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void shouldWriteWhatTheUsualLibraryWrites(long seed) throws IOException {
        Random random = new Random(seed);
        for (int i = 0; i < 2_000; i++) {
            Object value = value(random, 0);
            ByteArrayOutputStream expected = new ByteArrayOutputStream();
            try (JsonGenerator generator = new JsonFactory().createGenerator(expected)) {
                generator.enable(JsonGenerator.Feature.WRITE_BIGDECIMAL_AS_PLAIN);
                generate(generator, value);
            }

            assertThat(Json.of(value).toString()).isEqualTo(expected.toString(StandardCharsets.UTF_8));
        }
    }

    private static Object value(Random random, int depth) {
        return switch (random.nextInt(depth > 3 ? 7 : 9)) {
            case 0 -> null;
            case 1 -> random.nextBoolean();
            case 2 -> random.nextLong() >> random.nextInt(64);
            case 3 -> new BigDecimal(new BigInteger(80, random).negate(), random.nextInt(60) - 20);
            case 4 -> random.nextGaussian() * (random.nextBoolean() ? 1e3 : 1e200);
            case 5 -> new BigInteger(90, random);
            case 6 -> text(random);
            case 7 -> {
                List<Object> list = new ArrayList<>();
                for (int i = random.nextInt(4); i > 0; i--) {
                    list.add(value(random, depth + 1));
                }
                yield list;
            }
            default -> {
                Map<String, Object> map = new LinkedHashMap<>();
                for (int i = random.nextInt(4); i > 0; i--) {
                    map.put(text(random), value(random, depth + 1));
                }
                yield map;
            }
        };
    }

    /** Of all widths in UTF-8, with what must be escaped. */
    private static String text(Random random) {
        int[] ranges = {0x20, 0x80, 0x80, 0x100, 0x800, 0xd800, 0x110000};
        int range = ranges[random.nextInt(ranges.length)];
        int shortest = random.nextInt(4) * 300;
        return random.ints(random.nextInt(40) + shortest, range == 0x110000 ? 0x10000 : 0, range)
                .mapToObj(Character::toString)
                .collect(Collectors.joining());
    }

    private static void generate(JsonGenerator generator, Object value) throws IOException {
        if (value instanceof Map<?, ?> map) {
            generator.writeStartObject();
            for (Map.Entry<?, ?> entry : map.entrySet()) {
                generator.writeFieldName((String) entry.getKey());
                generate(generator, entry.getValue());
            }
            generator.writeEndObject();
        } else if (value instanceof List<?> list) {
            generator.writeStartArray();
            for (Object item : list) {
                generate(generator, item);
            }
            generator.writeEndArray();
        } else if (value instanceof BigDecimal number) {
            generator.writeNumber(number);
        } else if (value instanceof BigInteger number) {
            generator.writeNumber(number);
        } else if (value instanceof Double number) {
            generator.writeNumber(number);
        } else if (value instanceof Long number) {
            generator.writeNumber(number);
        } else if (value instanceof Boolean flag) {
            generator.writeBoolean(flag);
        } else {
            generator.writeString((String) value);
        }
    }

    @Test
    void shouldRefuseToWriteWhatIsNoText() {
        assertThatThrownBy(() -> Json.of("whole? \ud83d")).isInstanceOf(UncheckedIOException.class);
        assertThatThrownBy(() -> Json.of("\udc00")).isInstanceOf(UncheckedIOException.class);
        Object deep = "end";
        for (int i = 0; i < 1_001; i++) {
            deep = List.of(deep);
        }
        Object tooDeep = deep;
        assertThatThrownBy(() -> Json.of(tooDeep)).isInstanceOf(UncheckedIOException.class);
    }
}
