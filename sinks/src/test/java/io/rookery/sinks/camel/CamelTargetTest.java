package io.rookery.sinks.camel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rookery.api.ErrorCode;
import io.rookery.api.RookeryException;
import io.rookery.api.Setting;
import io.rookery.api.SinkRequest;
import io.rookery.sinks.Fields;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CamelTargetTest {
    @TempDir
    private Path folder;

    private AbstractThrowableAssert<?, ?> refuses(Map<String, Object> to) {
        return refuses(to, new CamelRules(Set.of("http", "file"), folder));
    }

    private static AbstractThrowableAssert<?, ?> refuses(Map<String, Object> to, CamelRules rules) {
        return assertThatThrownBy(() -> CamelSinkFactory.create(
                        new SinkRequest("c", "t", 0, Setting.of(to), null, new Fields()), rules))
                .isInstanceOfSatisfying(RookeryException.class, e -> assertThat(e.code())
                        .isIn(ErrorCode.BAD_TASK, ErrorCode.NOT_SUPPORTED));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "exec:ls",
                "bean:x",
                "class:java.lang.Runtime",
                "language:simple",
                "EXEC:ls",
                "https://host/",
                "direct:x",
                "x"
            })
    void shouldRefuseComponentsThatAreNotAllowed(String endpoint) {
        refuses(Map.of("camel", endpoint));
    }

    @Test
    void shouldNameTheAllowedComponentsAndHowToAllowMore() {
        refuses(Map.of("camel", "ftp:host/in"))
                .hasMessageContaining("file, http")
                .hasMessageContaining("rookery.camel.components");
    }

    @ParameterizedTest
    @ValueSource(strings = {"exec", "bean", "class", "language", "script"})
    void shouldNeverAllowWhatRunsCode(String component) {
        assertThatThrownBy(() -> new CamelRules(Set.of("http", component), null))
                .isInstanceOfSatisfying(
                        RookeryException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.BAD_CONFIGURATION))
                .hasMessageContaining(component);
    }

    @ParameterizedTest
    @ValueSource(strings = {"file:../out", "file:/etc", "file:a/../../out", "file:///etc"})
    void shouldRefuseFoldersOutsideTheOperatorsOne(String endpoint) {
        refuses(Map.of("camel", endpoint)).hasMessageContaining("inside");
    }

    @Test
    void shouldRefuseALinkThatLeadsOutside(@TempDir Path outside) throws IOException {
        Files.createSymbolicLink(folder.resolve("link"), outside);
        refuses(Map.of("camel", "file:link/in")).hasMessageContaining("inside");
    }

    @Test
    void shouldRefuseFilesWhereTheOperatorNamesNoFolder() {
        refuses(Map.of("camel", "file:in"), new CamelRules(Set.of("file"), null))
                .hasMessageContaining("rookery.camel.folder");
    }

    @ParameterizedTest
    @ValueSource(strings = {"#bean:x", "#class:java.lang.ProcessBuilder", "{{env:HOME}}", "${sys.user.home}", "RAW(x)"})
    void shouldRefuseOptionsThatCamelWouldEvaluate(String value) {
        refuses(Map.of("camel", "http://127.0.0.1/in", "options", Map.of("userAgent", value)))
                .hasMessageContaining("evaluate");
    }

    @Test
    void shouldRefuseWhatEscapesTheRules() {
        refuses(Map.of("camel", "file:in", "options", Map.of("jailStartingDirectory", "false")));
        refuses(Map.of("camel", "http://127.0.0.1/in?httpClient=%23x")).hasMessageContaining("options");
        refuses(Map.of("camel", "http://hub:secret@127.0.0.1/in")).hasMessageNotContaining("secret");
        refuses(Map.of("camel", "http://127.0.0.1/in", "headers", Map.of("CamelHttpUri", "x")))
                .hasMessageContaining("CamelHttpUri");
        refuses(Map.of("camel", "http://127.0.0.1/in", "headers", Map.of("camelfilelocalworkpath", "x")));
        refuses(Map.of("camel", "http://127.0.0.1/in", "options", Map.of("authPassword", "${secret:x}")))
                .hasMessageContaining("connections only");
    }

    @Test
    void shouldSayWhichOptionCamelDoesNotKnow() {
        refuses(Map.of("camel", "file:in", "options", Map.of("fileExits", "Append")))
                .hasMessageContaining("fileExits");
    }
}
