package io.rookery.sinks.camel;

import java.util.LinkedHashMap;
import java.util.Map;

/** Options that an endpoint has unless the task says otherwise: nothing waits for ever, no answer fills the memory. */
final class CamelDefaults {
    private static final Map<String, Object> HTTP = Map.of(
            "httpConnection.connectTimeout", "10000",
            "httpConnection.socketTimeout", "30000",
            "httpClient.responseTimeout", "30000",
            "ignoreResponseBody", "true");

    private CamelDefaults() {}

    static Map<String, Object> with(CamelTarget target) {
        Map<String, Object> options = new LinkedHashMap<>();
        if (target.uri().startsWith("http")) {
            options.putAll(HTTP);
        }
        if (target.uri().startsWith("file:")) {
            options.put("jailStartingDirectory", "true");
        }
        options.putAll(target.options());
        return options;
    }
}
