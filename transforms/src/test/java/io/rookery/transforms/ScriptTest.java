package io.rookery.transforms;

import static org.assertj.core.api.Assertions.assertThat;

import io.rookery.api.Change;
import io.rookery.api.ErrorCode;
import io.rookery.api.ExpressionEngine;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

class ScriptTest {
    private static final ExpressionEngine ENGINE = ExpressionEngine.open();
    private static final String ORDER =
            "{\"total\":12.3400,\"tags\":[\"x\"],\"customer\":{\"name\":\"Ann\"},\"lines\":[{\"sku\":\"A\",\"qty\":2},{\"sku\":\"B\",\"qty\":1}]}";

    @AfterAll
    static void close() {
        ENGINE.close();
    }

    private static List<Change> run(String script) {
        return Steps.step(ENGINE, "script", script).apply(Steps.change(ORDER));
    }

    @Test
    void shouldLoadSeveralObjectsToSeveralTargets() {
        // when
        List<Change> changes = run(
                """
                var count = 0;
                for (const line of this.lines) {
                  count += line.qty;
                  loadToOrderLines({ order: id(this), sku: line.sku, missing: undefined });
                }
                loadToOrders({ count, who: doc.customer.name, when: new Date(0) });
                loadTo('Other-Things', { n: $seq });
                """);

        // then
        assertThat(changes)
                .extracting(Change::target)
                .containsExactly("OrderLines", "OrderLines", "Orders", "Other-Things");
        assertThat(changes)
                .extracting(change -> change.document().toString())
                .containsExactly(
                        "{\"order\":\"orders/1\",\"sku\":\"A\"}",
                        "{\"order\":\"orders/1\",\"sku\":\"B\"}",
                        "{\"count\":3,\"who\":\"Ann\",\"when\":\"1970-01-01T00:00:00.000Z\"}",
                        "{\"n\":7}");
    }

    @Test
    void shouldSendAChangedDocumentWithEveryUntouchedDigit() {
        assertThat(
                        run(
                                """
                        this.customer.name = 'Bob';
                        this.tags.push('y');
                        delete this.lines;
                        this.extra = { deep: [1, 2.5] };
                        loadToOrders(this);
                        """))
                .extracting(change -> change.document().toString())
                .containsExactly(
                        "{\"total\":12.3400,\"tags\":[\"x\",\"y\"],\"customer\":{\"name\":\"Bob\"},\"extra\":{\"deep\":[1,2.5]}}");
    }

    @Test
    void shouldSendNothingWhenNothingIsLoadedAndPassDeletes() {
        assertThat(run("if (this.total > 100) loadToOrders(this);")).isEmpty();
        assertThat(Steps.step(ENGINE, "script", "throw 1").apply(Steps.delete("{}")))
                .hasSize(1);
    }

    @Test
    void shouldNameDocumentAndLineWhenTheScriptThrows() {
        Steps.refused(ErrorCode.CHANGE_REJECTED, () -> run("var a = 1;\nloadToOrders(this.none.such);"))
                .withMessageContaining("orders/1")
                .withMessageContaining("line 2");
        assertThat(run("loadToOrders({})")).hasSize(1);
    }

    @Test
    void shouldRefuseLoadAndCyclesAndNonObjects() {
        Steps.refused(ErrorCode.CHANGE_REJECTED, () -> run("load('customers/1')"))
                .withMessageContaining("load(id)");
        Steps.refused(ErrorCode.CHANGE_REJECTED, () -> run("const a = {}; a.a = a; loadToOrders(a)"))
                .withMessageContaining("cyclic");
        Steps.refused(ErrorCode.CHANGE_REJECTED, () -> run("this.me = this; loadToOrders(this)"))
                .withMessageContaining("cyclic");
        Steps.refused(ErrorCode.CHANGE_REJECTED, () -> run("loadToOrders(5)")).withMessageContaining("a number");
    }
}
