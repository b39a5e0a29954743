package io.rookery.sinks.camel;

import io.rookery.api.ErrorCode;
import io.rookery.api.Setting;
import io.rookery.api.Value;
import io.rookery.api.Values;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * The {@code to:} block of a task that delivers to a Camel endpoint. Nothing in it is evaluated by Camel itself: no
 * references to classes or beans, no placeholders, no language inside a text.
 *
 * @param uri the endpoint without options
 * @param options Camel's parameters, as Camel names them
 * @param headers the task's own, by name
 * @param deletes whether a delete is sent, as a message without a body
 */
record CamelTarget(String uri, Map<String, Object> options, Map<String, Value> headers, boolean deletes) {
    /** Camel's own headers that steer an endpoint and can do no more than the endpoint may. */
    private static final Set<String> STEERING = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);

    static {
        STEERING.addAll(Set.of("CamelFileName", "CamelHttpMethod", "CamelHttpPath", "CamelHttpQuery"));
    }

    static CamelTarget of(Setting to, CamelRules rules, Values values) {
        to.only("camel", "options", "headers", "deletes", "when_filtered");
        Setting endpoint = to.get("camel");
        String scheme = rules.allowed(endpoint);
        String uri = inert(endpoint);
        if (uri.indexOf('?') >= 0) {
            throw endpoint.error("Expected the parameters under 'options', not behind '?'");
        }
        if (uri.matches("https?:/*[^/]*@.*")) {
            throw endpoint.error("Expected user and password as the options authUsername and authPassword");
        }
        Map<String, Object> options = options(to);
        if (scheme.equals("file")) {
            String path = uri.substring("file:".length()).replaceFirst("^//", "");
            uri = "file:" + rules.inFolder(endpoint, path);
        }
        return new CamelTarget(
                uri,
                options,
                headers(to, values),
                to.find("deletes")
                        .map(deletes -> deletes.oneOf("none", "send").equals("send"))
                        .orElse(false));
    }

    private static Map<String, Object> options(Setting to) {
        Map<String, Object> options = new LinkedHashMap<>();
        to.find("options").ifPresent(found -> found.mapping().forEach((name, value) -> {
            if (name.equalsIgnoreCase("jailStartingDirectory") || name.contains("{{")) {
                throw value.error("The option '" + name + "' cannot be set");
            }
            options.put(name, inert(value));
        }));
        return options;
    }

    /** A text that Camel takes as it is. */
    private static String inert(Setting setting) {
        String text = setting.text();
        if (text.contains("${secret:") || text.contains("${env:")) {
            throw setting.error(
                    ErrorCode.NOT_SUPPORTED, "This version fills in variables and secrets in connections only");
        }
        if (text.startsWith("#") || text.contains("{{") || text.startsWith("RAW") || isCode(text)) {
            throw setting.error("Expected a plain text but found one that Camel would evaluate: '" + text + "'");
        }
        return text;
    }

    /** Whether Camel's simple language would see an expression. */
    static boolean isCode(String text) {
        return text.contains("${") || text.contains("$simple{");
    }

    private static Map<String, Value> headers(Setting to, Values values) {
        Map<String, Value> headers = new LinkedHashMap<>();
        to.find("headers").ifPresent(found -> found.mapping().forEach((name, value) -> {
            String lower = name.toLowerCase(Locale.ROOT);
            boolean camels = lower.startsWith("camel") || lower.startsWith("org.apache.camel");
            if (name.isBlank() || lower.startsWith("rookery") || (camels && !STEERING.contains(name))) {
                throw value.error("The header '" + name + "' cannot be set; of Camel's own "
                        + String.join(", ", STEERING) + " can");
            }
            headers.put(name, values.compile(value, Values.Plain.PATH));
        }));
        return headers;
    }
}
