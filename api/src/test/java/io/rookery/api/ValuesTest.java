package io.rookery.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rookery.api.Values.Plain;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ValuesTest {
    /** An engine that shows what it was given. */
    private final Values values = new Values(new ExpressionEngine() {
        @Override
        public Value compile(String source, Setting where) {
            return scope -> "js:" + source;
        }

        @Override
        public void close() {}
    });

    private static final Change CHANGE = new Change(
            7,
            Operation.UPDATE,
            "orders/1",
            "Orders",
            0,
            Json.parse(
                    "{\"id\":1,\"price\":1.50,\"customer\":{\"name\":\"Ann\"},\"lines\":[{\"sku\":\"A\"}],\"e\":1E+2}"),
            Json.parse("{\"id\":0}"),
            null);

    private Object evaluate(Object written, Plain plain) {
        return values.compile(Setting.of(written), plain).evaluate(new Scope(CHANGE, Map.of("qty", 4L)));
    }

    @ParameterizedTest
    @CsvSource({
        "customer.name, Ann",
        "lines.0.sku, A",
        "$id, orders/1",
        "$op, update",
        "$seq, 7",
        "$ts, 1970-01-01T00:00:00Z",
        "$collection, Orders",
        "$old.id, 0",
        "$item.qty, 4",
        "orders/{id}/{customer.name}, orders/1/Ann",
        "{e}, 100",
        "shop.{$op}, shop.update",
        "=doc.a + 1, js:doc.a + 1",
    })
    void shouldReadTheFourWays(String written, String expected) {
        assertThat(evaluate(written, Plain.PATH)).hasToString(expected);
    }

    @Test
    void shouldTakePlainTextAsConstantWhereSaidAndKeepTypes() {
        assertThat(evaluate("customer.name", Plain.CONSTANT)).isEqualTo("customer.name");
        assertThat(evaluate("$id", Plain.CONSTANT)).isEqualTo("orders/1");
        assertThat(evaluate(5, Plain.PATH)).isEqualTo(5L);
        assertThat(evaluate(true, Plain.PATH)).isEqualTo(true);
        assertThat(evaluate(List.of(1), Plain.PATH)).isEqualTo(List.of(1L));
        assertThat(evaluate("price", Plain.PATH)).isEqualTo(new BigDecimal("1.50"));
        assertThat(evaluate("lines.9.sku", Plain.PATH)).isNull();
        assertThat(evaluate("customer.name.first", Plain.PATH)).isNull();
    }

    @Test
    void shouldRejectAChangeThatLacksATemplatesField() {
        assertThatThrownBy(() -> evaluate("orders/{none}", Plain.PATH))
                .isInstanceOfSatisfying(
                        RookeryException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CHANGE_REJECTED))
                .hasMessageContaining("'none'")
                .hasMessageContaining("orders/1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"$unknown", "a..b", ".a", "a.", "orders/{id", "orders/{}"})
    void shouldRefuseWhatIsMalformedWhenCompiled(String written) {
        assertThatThrownBy(() -> values.compile(Setting.of(written), Plain.PATH))
                .isInstanceOfSatisfying(
                        RookeryException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.BAD_TASK));
    }
}
