package io.rookery.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import org.junit.jupiter.api.Test;

/** Finding what the machine has. */
final class ProgramTest {
    @Test
    void shouldFindOnlyWhatIsInstalled() {
        assertThat(new Program("sh").find())
                .hasValueSatisfying(path -> assertThat(Files.isExecutable(path)).isTrue());
        assertThat(new Program("no-such-program-anywhere").find()).isEmpty();
    }
}
