package io.rookery.sinks.camel;

import io.rookery.api.ErrorCode;
import io.rookery.api.RookeryException;
import io.rookery.api.Setting;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;

/**
 * What the operator lets tasks reach. The system property {@value #COMPONENTS} names the components, in place of
 * {@code http, https, log, file}; {@value #FOLDER} names the folder in which files may be written. Components that run
 * code or commands are refused whatever the operator says.
 *
 * @param folder null when no files may be written
 */
record CamelRules(Set<String> components, Path folder) {
    static final String COMPONENTS = "rookery.camel.components";
    static final String FOLDER = "rookery.camel.folder";

    private static final Set<String> DEFAULT = Set.of("http", "https", "log", "file");
    private static final Set<String> NEVER = Set.of(
            "bean",
            "class",
            "exec",
            "language",
            "script",
            "groovy",
            "joor",
            "java",
            "python",
            "ssh",
            "docker",
            "jmx",
            "controlbus",
            "ref",
            "stub",
            "dataset",
            "dataset-test",
            "dynamic-router",
            "velocity",
            "freemarker",
            "mustache",
            "mvel",
            "jolt",
            "jslt",
            "xslt",
            "xslt-saxon",
            "xquery",
            "string-template",
            "jte",
            "jooq",
            "jdbc",
            "sql",
            "sql-stored",
            "jgroups",
            "rmi",
            "wasm",
            "kamelet",
            "rest",
            "rest-api",
            "direct",
            "seda",
            "vm",
            "platform-http",
            "quartz",
            "timer",
            "scheduler");

    CamelRules {
        components = Set.copyOf(components);
        for (String component : new TreeSet<>(components)) {
            if (NEVER.contains(component)) {
                throw new RookeryException(
                        ErrorCode.BAD_CONFIGURATION,
                        "Expected components that only send, but " + COMPONENTS + " names '" + component + "'");
            }
        }
    }

    static CamelRules ofThisProcess() {
        String names = System.getProperty(COMPONENTS);
        String folder = System.getProperty(FOLDER);
        return new CamelRules(
                names == null ? DEFAULT : named(names), folder == null || folder.isBlank() ? null : Path.of(folder));
    }

    private static Set<String> named(String names) {
        Set<String> found = new LinkedHashSet<>(Arrays.asList(names.trim().split("\\s*,\\s*", -1)));
        found.remove("");
        return found;
    }

    /** The endpoint's scheme, when it is one of the operator's. */
    String allowed(Setting endpoint) {
        String text = endpoint.text();
        int colon = text.indexOf(':');
        String scheme = colon < 0 ? "" : text.substring(0, colon).toLowerCase(Locale.ROOT);
        if (scheme.isEmpty()) {
            throw endpoint.error("Expected an endpoint like https://host/path but found '" + text + "'");
        }
        if (NEVER.contains(scheme) || !components.contains(scheme)) {
            throw endpoint.error("The component '" + scheme + "' is not allowed here; allowed are "
                    + String.join(", ", new TreeSet<>(components))
                    + (NEVER.contains(scheme) ? "" : ". The operator can name others with -D" + COMPONENTS));
        }
        return scheme;
    }

    /** The folder that a {@code file:} endpoint means, inside the operator's one. */
    Path inFolder(Setting endpoint, String path) {
        if (folder == null) {
            throw endpoint.error("No folder for files is set on this node; the operator can name one with -D" + FOLDER);
        }
        try {
            Path root = folder.toAbsolutePath().normalize();
            Path found = root.resolve(path).normalize();
            if (!found.startsWith(root) || !real(found).startsWith(real(root))) {
                throw endpoint.error("Expected a folder inside the operator's one but found '" + path + "'");
            }
            return found;
        } catch (InvalidPathException | IOException e) {
            throw endpoint.error("Expected a folder but found '" + path + "': " + e.getMessage());
        }
    }

    /** Where links lead, as far as the path is there; what is missing will be made as it is named. */
    private static Path real(Path path) throws IOException {
        Path there = path;
        while (there != null && !Files.exists(there)) {
            there = there.getParent();
        }
        return there == null ? path : there.toRealPath().resolve(there.relativize(path));
    }
}
