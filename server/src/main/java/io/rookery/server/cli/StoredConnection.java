package io.rookery.server.cli;

import io.rookery.api.Json;
import io.rookery.etl.task.ConnectionDefinition;
import java.util.Map;
import java.util.Objects;

/** A connection as a node shows it: a password that was written into it is hidden. */
record StoredConnection(String kind, Map<String, Object> settings) {
    private static final String HIDDEN = "***";

    static StoredConnection of(Json answer) {
        Fields fields = Fields.of(answer);
        return new StoredConnection(
                fields.text("kind"), fields.object("settings").values());
    }

    /** What applying the definition would do to it. By value: the order of keys does not matter. */
    String difference(ConnectionDefinition wanted) {
        // through JSON, as the node stores it: numbers have one type then
        Map<String, Object> plain =
                Json.parse(Json.of(wanted.settings().plain()).bytes()).asObject();
        if (!kind.equals(wanted.kind()) || !matches(settings, plain)) {
            return "changed";
        }
        return settings.equals(plain) ? "unchanged" : "unchanged, but for passwords that are written into it";
    }

    private static boolean matches(Object shown, Object wanted) {
        if (HIDDEN.equals(shown)) {
            return wanted instanceof String;
        }
        if (shown instanceof Map<?, ?> some && wanted instanceof Map<?, ?> others) {
            return some.keySet().equals(others.keySet())
                    && some.keySet().stream().allMatch(key -> matches(some.get(key), others.get(key)));
        }
        return Objects.equals(shown, wanted);
    }
}
