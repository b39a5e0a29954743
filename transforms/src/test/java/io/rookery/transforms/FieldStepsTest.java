package io.rookery.transforms;

import static org.assertj.core.api.Assertions.assertThat;

import io.rookery.api.Change;
import io.rookery.api.ErrorCode;
import io.rookery.api.ExpressionEngine;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

class FieldStepsTest {
    private static final ExpressionEngine ENGINE = ExpressionEngine.open();

    @AfterAll
    static void close() {
        ENGINE.close();
    }

    private static String after(String kind, Object setting, String body) {
        return Steps.step(ENGINE, kind, setting)
                .apply(Steps.change(body))
                .get(0)
                .document()
                .toString();
    }

    @Test
    void shouldLetThroughWhatTheFilterHoldsForAndEveryDelete() {
        var filter = Steps.step(ENGINE, "filter", "doc.tenant === 'EU' && $op !== 'update'");

        assertThat(filter.apply(Steps.change("{\"tenant\":\"EU\"}"))).hasSize(1);
        assertThat(filter.apply(Steps.change("{\"tenant\":\"US\"}"))).isEmpty();
        assertThat(filter.apply(Steps.update("{}", "{\"tenant\":\"EU\"}"))).isEmpty();
        assertThat(filter.apply(Steps.delete("{}"))).hasSize(1);
    }

    @Test
    void shouldSetFieldsAndLeaveEveryOtherDigitAlone() {
        assertThat(
                        after(
                                "set",
                                Map.of("total", "= doc.lines.reduce((s, l) => s + l.qty * l.price, 0)"),
                                "{\"rate\":12.3400,\"big\":123456789012345678901,\"lines\":[{\"qty\":2,\"price\":5.50},{\"qty\":1,\"price\":1}]}"))
                .isEqualTo(
                        "{\"rate\":12.3400,\"big\":123456789012345678901,\"lines\":[{\"qty\":2,\"price\":5.50},{\"qty\":1,\"price\":1}],\"total\":12}");
    }

    @Test
    void shouldMakeTheObjectsOnTheWay() {
        assertThat(after("set", Map.of("a.b.c", "plain"), "{}")).isEqualTo("{\"a\":{\"b\":{\"c\":\"plain\"}}}");
        assertThat(after("set", Map.of("lines.origin", "$id"), "{\"lines\":[{},{}]}"))
                .isEqualTo("{\"lines\":[{\"origin\":\"orders/1\"},{\"origin\":\"orders/1\"}]}");
    }

    @Test
    void shouldRejectToSetBelowAScalar() {
        Steps.refused(ErrorCode.CHANGE_REJECTED, () -> after("set", Map.of("a.b", 1), "{\"a\":5}"))
                .withMessageContaining("orders/1")
                .withMessageContaining("a number");
    }

    @Test
    void shouldRemoveFieldsFromEveryElementAndFromTheOldBody() {
        // when
        Change change = Steps.step(ENGINE, "remove", List.of("secret", "lines.note", "none.such"))
                .apply(Steps.update(
                        "{\"secret\":0,\"a\":1}",
                        "{\"secret\":1,\"a\":1.50,\"lines\":[{\"note\":1,\"b\":2},{\"b\":3}]}"))
                .get(0);

        // then
        assertThat(change.document()).hasToString("{\"a\":1.50,\"lines\":[{\"b\":2},{\"b\":3}]}");
        assertThat(change.before()).hasToString("{\"a\":1}");
    }

    @Test
    void shouldRenameInPlaceAndMoveToAPath() {
        assertThat(after("rename", Map.of("nm", "name"), "{\"a\":1,\"nm\":\"x\",\"b\":2}"))
                .isEqualTo("{\"a\":1,\"name\":\"x\",\"b\":2}");
        assertThat(after("rename", Map.of("lines.q", "qty"), "{\"lines\":[{\"q\":1},{\"q\":2}]}"))
                .isEqualTo("{\"lines\":[{\"qty\":1},{\"qty\":2}]}");
        assertThat(after("rename", Map.of("city", "address.city"), "{\"city\":\"Bonn\"}"))
                .isEqualTo("{\"address\":{\"city\":\"Bonn\"}}");
        assertThat(after("rename", Map.of("none", "name"), "{\"a\":1}")).isEqualTo("{\"a\":1}");
    }

    @Test
    void shouldMaskEachWay() {
        assertThat(after("mask", Map.of("v", "sha256"), "{\"v\":\"abc\"}"))
                .contains("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        assertThat(after("mask", Map.of("v", "last4"), "{\"v\":\"4111111111111234\"}"))
                .isEqualTo("{\"v\":\"************1234\"}");
        assertThat(after("mask", Map.of("v", "last4"), "{\"v\":\"1234\"}")).isEqualTo("{\"v\":\"****\"}");
        assertThat(after("mask", Map.of("v", "email"), "{\"v\":\"ann@example.com\"}"))
                .isEqualTo("{\"v\":\"a***@example.com\"}");
        assertThat(after("mask", Map.of("v", "redact"), "{\"v\":12.5}")).isEqualTo("{\"v\":\"***\"}");
        assertThat(after("mask", Map.of("v", "clear"), "{\"v\":[1]}")).isEqualTo("{\"v\":null}");
        assertThat(after("mask", Map.of("people.v", "redact"), "{\"people\":[{\"v\":\"a\"},{\"v\":null},{}]}"))
                .isEqualTo("{\"people\":[{\"v\":\"***\"},{\"v\":null},{}]}");
    }

    @Test
    void shouldMaskTheOldBodyOfADelete() {
        assertThat(Steps.step(ENGINE, "mask", Map.of("v", "redact"))
                        .apply(Steps.delete("{\"v\":\"secret\"}"))
                        .get(0)
                        .before())
                .hasToString("{\"v\":\"***\"}");
    }

    @Test
    void shouldRefuseAnUnknownMask() {
        Steps.refused(ErrorCode.BAD_TASK, () -> Steps.step(ENGINE, "mask", Map.of("v", "md5")))
                .withMessageContaining("sha256, last4, email, redact, clear");
    }
}
