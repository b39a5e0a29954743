package io.rookery.etl.task;

import io.rookery.api.ErrorCode;
import io.rookery.api.RookeryException;
import io.rookery.api.Setting;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** Parses {@code connections:} files. */
public final class ConnectionsFile {
    private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9_-]{0,62}");

    private ConnectionsFile() {}

    /** Whether a text means to be a connections file and not tasks. */
    public static boolean is(String file, String text) {
        List<Setting> documents = YamlText.parse(file, text);
        return !documents.isEmpty()
                && documents.get(0).isMapping()
                && documents.get(0).mapping().containsKey("connections");
    }

    public static List<ConnectionDefinition> parse(String file, String text) {
        List<ConnectionDefinition> connections = new ArrayList<>();
        for (Setting document : YamlText.parse(file, text)) {
            document.only("connections");
            document.get("connections")
                    .mapping()
                    .forEach((name, setting) -> connections.add(connection(name, setting)));
        }
        return connections;
    }

    /** Parses one connection: {@code postgres: { host: … }}. */
    public static ConnectionDefinition parseOne(String name, String text) {
        try {
            List<Setting> documents = YamlText.parse(name, text);
            if (documents.size() != 1) {
                throw Setting.of(null).error("Expected one connection '" + name + "' but found " + documents.size());
            }
            return connection(name, documents.get(0));
        } catch (RookeryException e) {
            throw new RookeryException(ErrorCode.BAD_CONNECTION, e.getMessage(), e);
        }
    }

    private static ConnectionDefinition connection(String name, Setting setting) {
        if (!NAME.matcher(name).matches()) {
            throw setting.error(
                    "Expected a connection's name of small letters, digits, dashes but found '" + name + "'");
        }
        Map<String, Setting> kinds = setting.mapping();
        if (kinds.size() != 1) {
            throw setting.error("Expected one kind, such as postgres, in the connection '" + name + "' but found "
                    + (kinds.isEmpty() ? "nothing" : String.join(", ", kinds.keySet())));
        }
        Map.Entry<String, Setting> kind = kinds.entrySet().iterator().next();
        kind.getValue().mapping();
        // JSON is YAML: what is stored needs neither the file's layout nor its comments
        String stored = io.rookery.api.Json.of(
                        Map.of(kind.getKey(), kind.getValue().plain()))
                .toString();
        return new ConnectionDefinition(name, kind.getKey(), kind.getValue(), stored);
    }
}
