package io.rookery.transforms;

import static org.assertj.core.api.Assertions.assertThat;

import io.rookery.api.ErrorCode;
import io.rookery.api.ExpressionEngine;
import io.rookery.api.Scope;
import io.rookery.api.Setting;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JavaScriptEngineTest {
    private static final ExpressionEngine ENGINE = ExpressionEngine.open();

    @AfterAll
    static void close() {
        ENGINE.close();
    }

    private static Object evaluate(String source) {
        return ENGINE.compile(source, new Setting("tasks.yaml", 3, 5, "set", source))
                .evaluate(new Scope(
                        Steps.change("{\"n\":1.10,\"s\":\"x\",\"a\":[3,1,2],\"o\":{\"k\":9007199254740993}}"),
                        Map.of("qty", 4L)));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
            doc.a.map(x => x * 2).join()          | 6,2,4
            [...doc.a].sort().join()              | 1,2,3
            doc.a.sort().join()                   | 1,2,3
            doc.a.slice(1).concat([9]).join()     | 1,2,9
            doc.a.flatMap(x => [x, x]).length     | 6
            doc.a.includes(2) && !doc.a.includes(7) | true
            doc.a.find(x => x > 2)                | 3
            Array.isArray(doc.a)                  | true
            Object.keys(doc).join()               | n,s,a,o
            Object.entries(doc.o).length          | 1
            JSON.stringify({ ...doc, o: 0 })      | {"n":1.1,"s":"x","a":[3,1,2],"o":0}
            'n' in doc && !('z' in doc)           | true
            doc.z?.y ?? 'none'                    | none
            doc.s.toUpperCase() + $id + $op + $ts | Xorders/1insert1970-01-01T00:00:00Z
            $item.qty * 2.5                       | 10
            0.1 + 0.2                             | 0.30000000000000004
            new Date('2024-02-29').getUTCDate()   | 29
            Array.from({ length: 3 }, (x, i) => i).join() | 0,1,2
            (function () { return Array.prototype.slice.call(arguments, 1).join(); })(1, 2, 3) | 2,3
            Math.max.apply(null, doc.a) + Math.max(...doc.a) | 6
            [...'ab', ...new Set([1, 1])].join()  | a,b,1
            Array.prototype.map.call('ab', c => c + c).join() | aa,bb
            (() => { doc.a.push(8); doc.a.pop(); doc.a.pop(); return doc.a.length; })() | 2
            """)
    void shouldComputeAsJavaScriptDoes(String source, String expected) {
        assertThat(evaluate(source)).hasToString(expected);
    }

    @Test
    void shouldGiveBackUnchangedValuesDigitForDigit() {
        assertThat(evaluate("doc.o")).isEqualTo(Map.of("k", 9007199254740993L));
        assertThat(evaluate("2 * 3")).isEqualTo(6L);
        assertThat(evaluate("0 / 0")).isNull();
        assertThat(evaluate("doc.none")).isNull();
    }

    @Test
    void shouldNamePlaceAndLineOfASyntaxError() {
        Steps.refused(ErrorCode.BAD_SCRIPT, () -> evaluate("doc.a +\n * 5"))
                .withMessageStartingWith("tasks.yaml:3:5: ")
                .withMessageContaining("line 2");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Java.type('java.lang.System')",
                "Polyglot.eval('js', '1')",
                "load('file:/etc/passwd')",
                "eval('1')",
                "Function('return 1')()",
                "(() => 1).constructor('return 1')()",
                "(function* () {}).constructor('return 1')()",
                "doc.getClass()",
                "doc.constructor.constructor('return this')()",
                "$item.getClass().forName('java.lang.Runtime')",
                "Packages.java.lang.System.exit(1)",
                "java.lang.System.exit(1)",
                "Date.now()",
                "new Date()",
                "Date()",
                "new (new Date(0).constructor)()",
                "Math.random()",
                "new Intl.DateTimeFormat().format()",
                "globalThis.left = 1",
                "left = 1",
                "Array.prototype.left = 1",
                "Object.getPrototypeOf(function* () {}).left = 1",
                "console.log(1)",
                "print(1)",
                "require('fs')",
                "performance.now()",
                "new Worker('x')",
                "(() => { throw new Error('mine'); })()",
                "(function f() { return f() + 1; })()",
                "'x'.repeat(1e9)",
                "'\\ud800'",
                "Array.prototype.indexOf.call({ length: 2 ** 53 - 1 }, 1)",
                "Array.prototype.reverse.call({ length: 2 ** 53 - 1 })",
                "Array.prototype.at.call({ get length() { return 2 ** 53 - 1; } }, 1)",
                "Array.prototype.includes.call(Object.create({ length: 2 ** 31 }), 1)",
                "[].lastIndexOf.apply(new Array(2 ** 32 - 1), [1])",
                "[...new Array(2 ** 32 - 1)]",
                "new Set(new Array(2 ** 32 - 1))",
                "(() => { const a = []; a.length = 2 ** 32 - 1; return a.fill(0); })()",
                "Array.from({ length: 2 ** 31 })",
                "Math.max.apply(null, { length: 2 ** 31 })",
                "Math.max(...new Array(2 ** 31))",
                "Reflect.apply(Math.max, null, { length: 2 ** 31 })",
                "new Proxy([], {})",
                "() => 1",
            })
    void shouldRejectWhatReachesOutsideOrFails(String source) {
        Steps.refused(ErrorCode.CHANGE_REJECTED, () -> evaluate(source)).withMessageContaining("orders/1");
        assertThat(evaluate("1 + 1")).isEqualTo(2L);
    }

    @Test
    void shouldNotRunModulesOrImports() {
        Steps.refused(ErrorCode.BAD_SCRIPT, () -> evaluate("import fs from 'fs'"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "(() => { while (true) {} })()",
                "(() => { for (;;) { try { while (true) {} } catch (e) {} finally { continue; } } })()",
            })
    void shouldStopWhatDoesNotEndAndGoOnAfterwards(String source) {
        Steps.refused(ErrorCode.CHANGE_REJECTED, () -> evaluate(source));
        assertThat(evaluate("doc.s")).isEqualTo("x");
    }

    @Test
    void shouldCountStatementsForEachEvaluationAlone() {
        // given one that needs more than a third of the limit
        var value = ENGINE.compile(
                "(() => { let n = 0; for (let i = 0; i < 200000; i++) { n += 1; } return n; })()", Setting.of("x"));

        // when, then
        for (int i = 0; i < 5; i++) {
            assertThat(value.evaluate(Scope.of(Steps.change("{}")))).isEqualTo(200_000L);
        }
    }
}
