package io.rookery.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DocumentIdTest {
    @ParameterizedTest
    @ValueSource(strings = {"orders/1", "Ünïcode", "a b", "x", "\ud83d\ude00/1", "orders/1/lines/2"})
    void shouldTakeAnyText(String id) {
        assertThat(new DocumentId(id)).hasToString(id);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "  ",
                "a\nb",
                "a\u0000",
                "\u007f",
                "\u0085",
                "a\ud800",
                "\udc00a",
                "\ud83d\ud83d\ude00",
                "\ud83d"
            })
    void shouldRefuseNothingControlsAndHalfCharacters(String id) {
        assertThatThrownBy(() -> new DocumentId(id))
                .isInstanceOfSatisfying(
                        RookeryException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.BAD_ID));
    }

    @Test
    void shouldCountBytesNotCharacters() {
        assertThat(new DocumentId("x".repeat(512)).value()).hasSize(512);
        assertThatThrownBy(() -> new DocumentId("x".repeat(513))).hasMessageContaining("at most 512 bytes");
        assertThatThrownBy(() -> new DocumentId("é".repeat(257))).hasMessageContaining("found one of 514");
        assertThatThrownBy(() -> new DocumentId(null)).hasMessageContaining("found nothing");
    }
}
