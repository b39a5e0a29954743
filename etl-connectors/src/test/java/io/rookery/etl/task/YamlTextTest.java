package io.rookery.etl.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rookery.api.ErrorCode;
import io.rookery.api.RookeryException;
import io.rookery.api.Setting;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class YamlTextTest {
    private static Object plain(String text) {
        return YamlText.parse("t.yaml", text).get(0).plain();
    }

    private static void refused(String text, String... parts) {
        assertThatThrownBy(() -> YamlText.parse("t.yaml", text))
                .isInstanceOfSatisfying(
                        RookeryException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.BAD_TASK))
                .satisfies(e -> assertThat(e.getMessage()).contains(parts));
    }

    @ParameterizedTest
    @CsvSource({"NO", "yes", "on", "off", "5:30", "2024-01-02", "1_000", "0b1", "~x", "12e", "n"})
    void shouldReadAsTextWhatOnlyOldYamlReadsOtherwise(String text) {
        assertThat(plain("a: " + text)).isEqualTo(Map.of("a", text));
    }

    @Test
    void shouldReadScalarsOfYaml12() {
        assertThat(plain("[1, -2, 0x1F, 0o17, 1.50, 1e3, true, False, text, '1', 92233720368547758070]"))
                .isEqualTo(List.of(
                        1L,
                        -2L,
                        31L,
                        15L,
                        new BigDecimal("1.50"),
                        new BigDecimal("1e3"),
                        true,
                        false,
                        "text",
                        "1",
                        new BigInteger("92233720368547758070")));
        assertThat(YamlText.parse("t.yaml", "a: ~").get(0).find("a")).isEmpty();
    }

    @Test
    void shouldKnowThePlaceOfEveryValue() {
        Setting setting =
                YamlText.parse("t.yaml", "a:\n  b: x\n  c:\n    - y\n").get(0);

        assertThat(setting.get("a").get("b").place()).isEqualTo("t.yaml:2:6: ");
        assertThat(setting.get("a").get("c").place()).isEqualTo("t.yaml:3:3: ");
        assertThat(setting.get("a").get("c").list().get(0).place()).isEqualTo("t.yaml:4:7: ");
        assertThat(setting.get("a").get("c").path()).isEqualTo("a.c");
    }

    @Test
    void shouldLeaveOutEmptyDocuments() {
        assertThat(YamlText.parse("t.yaml", "---\n---\na: 1\n---\n# nothing\n")).hasSize(1);
        assertThat(YamlText.parse("t.yaml", "")).isEmpty();
    }

    @Test
    void shouldHintAtQuotesWhereATemplateIsNotQuoted() {
        refused("to:\n  id: {id}/x\n", "t.yaml:2:", "a template with braces must be quoted: \"orders/{id}\"");
        refused("to: { id: orders/{id} }\n", "t.yaml:1:", "must be quoted");
        refused("to: { id: {id}: x }\n", "must be quoted");
    }

    @Test
    void shouldRefuseWhatIsMalformedWithItsPlace() {
        refused("a: 1\n b: 2\n", "t.yaml:2:");
        refused("a: 1\na: 2\n", "t.yaml:2:1: ", "'a'", "twice");
        refused("a: [1\n", "t.yaml:");
        refused("\ta: 1\n", "t.yaml:1:");
        refused("a: !!java.net.URL [x]\nb: *none\n", "t.yaml:");
        refused("? [a]\n: 1\n", "Expected a text as key");
        refused("a: .inf\n", "t.yaml:1:4: Expected a number but found .inf");
    }

    @Test
    void shouldRefuseScalarsThatNoJsonWouldHold() {
        refused("a: \"\\ud800\"\n", "t.yaml:1:4: ", "half of a surrogate pair");
        refused("\"\\udc00\": 1\n", "half of a surrogate pair");
        refused("a: 1" + "0".repeat(1_000) + "\n", "at most 1000 characters");
        refused("a: 1.0e999999999\n", "an exponent of at most 1000");
    }

    @Test
    void shouldBoundDepthSizeAndAliases() {
        refused("[".repeat(60) + "]".repeat(60), "at most 40 levels");
        refused("[".repeat(100_000), "at most 40 levels");
        refused("{a: ".repeat(50_000), "at most 40 levels");
        refused("a: [" + "x,".repeat(60_000) + "x]", "50000 values");
        refused("a: " + "x".repeat(1 << 20), "t.yaml");
        StringBuilder bomb = new StringBuilder("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
        for (int i = 1; i < 9; i++) {
            String alias = "*a" + (i - 1);
            bomb.append(
                    "a%d: &a%d [%s]\n".formatted(i, i, String.join(", ", java.util.Collections.nCopies(10, alias))));
        }
        refused(bomb.toString(), "t.yaml");
    }
}
