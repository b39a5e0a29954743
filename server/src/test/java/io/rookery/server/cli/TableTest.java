package io.rookery.server.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;

final class TableTest {
    private static String print(Table table) {
        StringWriter out = new StringWriter();
        table.print(new PrintWriter(out));
        return out.toString().replace(System.lineSeparator(), "\n");
    }

    @Test
    void shouldAlignColumnsWithoutTrailingBlanks() {
        assertThat(print(new Table("A", "LONG", "C").row("wide cell", 1, null).row("x", 12_345, "z")))
                .isEqualTo(
                        """
                        A          LONG   C
                        wide cell  1
                        x          12345  z
                        """);
    }

    @Test
    void shouldKeepARowOnOneLineWhenACellHasLineBreaks() {
        assertThat(print(new Table("ERROR", "B").row("first\n  second\r\nthird", "b")))
                .isEqualTo(
                        """
                        ERROR               B
                        first second third  b
                        """);
    }

    @Test
    void shouldAlignWhenACellHasCharactersOutsideTheBasicPlane() {
        assertThat(print(new Table("A", "B").row("\uD83D\uDC26\uD83D\uDC26", "b")))
                .isEqualTo("A   B\n\uD83D\uDC26\uD83D\uDC26  b\n");
    }

    @Test
    void shouldRefuseARowOfAnotherWidth() {
        Table table = new Table("A", "B");
        assertThatThrownBy(() -> table.row("only one")).hasMessage("Expected 2 cells but found 1");
    }
}
