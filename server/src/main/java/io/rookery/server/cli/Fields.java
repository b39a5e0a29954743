package io.rookery.server.cli;

import io.rookery.api.Json;
import java.util.List;
import java.util.Map;

/** An object of an answer. What is missing or null has a default: a newer or older node must not break the command line. */
record Fields(Map<String, Object> values) {
    static Fields of(Json json) {
        return new Fields(json.asObject());
    }

    String text(String name) {
        return text(name, "");
    }

    String text(String name, String otherwise) {
        Object value = values.get(name);
        return value == null ? otherwise : value.toString();
    }

    long number(String name) {
        return values.get(name) instanceof Number number ? number.longValue() : 0;
    }

    double decimal(String name) {
        return values.get(name) instanceof Number number ? number.doubleValue() : 0;
    }

    boolean flag(String name) {
        return Boolean.TRUE.equals(values.get(name));
    }

    Fields object(String name) {
        return object(values.get(name));
    }

    List<Fields> objects(String name) {
        return list(name).stream().map(Fields::object).toList();
    }

    List<String> texts(String name) {
        return list(name).stream().map(String::valueOf).toList();
    }

    private List<?> list(String name) {
        return values.get(name) instanceof List<?> list ? list : List.of();
    }

    @SuppressWarnings("unchecked")
    private static Fields object(Object value) {
        return new Fields(value instanceof Map<?, ?> map ? (Map<String, Object>) map : Map.of());
    }
}
