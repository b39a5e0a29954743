package io.rookery.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.rookery.api.ErrorCode;
import io.rookery.api.RookeryException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

final class ExitCodeTest {
    @ParameterizedTest
    @CsvSource({
        "400, 1", "404, 1", "409, 1", "410, 1", "413, 1", "429, 75", "500, 70", "501, 1", "502, 1", "503, 75", "507, 75"
    })
    void shouldFollowTheStatus(int status, int exitCode) {
        assertThat(ExitCode.ofStatus(status).number()).isEqualTo(exitCode);
    }

    @ParameterizedTest
    @EnumSource(ErrorCode.class)
    void shouldBeTheSameWhetherTheErrorIsFoundHereOrByANode(ErrorCode code) {
        ExitCode here = ExitCode.of(new RookeryException(code, "message"));
        assertThat(here)
                .isEqualTo(
                        code == ErrorCode.BAD_CONFIGURATION
                                ? ExitCode.CONFIGURATION
                                : ExitCode.ofStatus(code.httpStatus()));
    }

    @Test
    void shouldBeInternalWhenTheFailureIsUnknown() {
        assertThat(ExitCode.of(new IllegalStateException("?"))).isEqualTo(ExitCode.INTERNAL);
    }
}
