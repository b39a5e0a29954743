package io.rookery.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ChangeVectorTest {
    @Test
    void shouldReadWhatItWrites() {
        assertThat(ChangeVector.parse("A:7"))
                .isEqualTo(new ChangeVector("A", 7))
                .hasToString("A:7");
        assertThat(ChangeVector.parse("shop$0:9223372036854775807").sequence()).isEqualTo(Long.MAX_VALUE);
        assertThat(ChangeVector.parse("")).isEqualTo(ChangeVector.NONE).hasToString("");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "A",
                ":7",
                "A:",
                "A:-1",
                "A:+7",
                "A:x",
                "A:7 ",
                "A: 7",
                "A:9223372036854775808",
                "A:1:2",
                "A:٣",
                " "
            })
    void shouldRefuseWhatIsNone(String text) {
        assertThatThrownBy(() -> ChangeVector.parse(text))
                .isInstanceOfSatisfying(
                        RookeryException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.BAD_REQUEST))
                .hasMessageContaining("'" + text + "'");
    }
}
