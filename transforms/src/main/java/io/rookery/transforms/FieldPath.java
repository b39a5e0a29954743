package io.rookery.transforms;

import io.rookery.api.ErrorCode;
import io.rookery.api.RookeryException;
import io.rookery.api.Setting;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/**
 * A place in a document, {@code customer.name}; it goes through arrays: {@code lines.note} is the note of every line,
 * {@code lines.0.note} that of the first. Edits give a new value and share what they did not touch.
 */
final class FieldPath {
    /** What an edit returns to have the field removed. */
    static final Object ABSENT = new Object();

    private final String text;
    private final String[] steps;
    private final boolean creates;

    private FieldPath(String text, boolean creates) {
        this.text = text;
        this.steps = text.split("\\.", -1);
        this.creates = creates;
    }

    static FieldPath of(String text, Setting where) {
        return checked(new FieldPath(text, false), where);
    }

    /** A path whose missing objects are made. */
    static FieldPath creating(String text, Setting where) {
        return checked(new FieldPath(text, true), where);
    }

    private static FieldPath checked(FieldPath path, Setting where) {
        for (String step : path.steps) {
            if (step.isBlank() || path.text.startsWith("$")) {
                throw where.error("Expected a path like customer.name but found '" + path.text + "'");
            }
        }
        return path;
    }

    String last() {
        return steps[steps.length - 1];
    }

    boolean isNested() {
        return steps.length > 1;
    }

    /** Replaces the value at this path by what {@code edit} makes of it; a missing one only when this path creates. */
    Object edit(Object root, UnaryOperator<Object> edit) {
        return walk(
                root,
                0,
                (parent, name) -> {
                    Object before = parent.get(name);
                    if (!creates && !parent.containsKey(name)) {
                        return parent;
                    }
                    Map<String, Object> copy = new LinkedHashMap<>(parent);
                    Object after = edit.apply(before);
                    if (after == ABSENT) {
                        copy.remove(name);
                    } else {
                        copy.put(name, after);
                    }
                    return copy;
                },
                edit);
    }

    /** Gives the field another name in its own object, at its own place. */
    Object rename(Object root, String newName) {
        return walk(
                root,
                0,
                (parent, name) -> {
                    if (!parent.containsKey(name) || name.equals(newName)) {
                        return parent;
                    }
                    Map<String, Object> copy = new LinkedHashMap<>();
                    parent.forEach((key, value) -> {
                        if (key.equals(name)) {
                            copy.put(newName, value);
                        } else if (!key.equals(newName)) {
                            copy.put(key, value);
                        }
                    });
                    return copy;
                },
                null);
    }

    /** What is done with the object that holds the field. */
    private interface AtParent {
        Map<String, Object> apply(Map<String, Object> parent, String name);
    }

    private Object walk(Object at, int step, AtParent action, UnaryOperator<Object> element) {
        if (at instanceof List<?> list) {
            return walkList(list, step, action, element);
        }
        if (!(at instanceof Map)) {
            if (creates) {
                throw new RookeryException(
                        ErrorCode.CHANGE_REJECTED,
                        "Expected an object on the path '" + text + "' but found " + io.rookery.api.Json.kind(at)
                                + " before '" + steps[step] + "'");
            }
            return at;
        }
        @SuppressWarnings("unchecked")
        Map<String, Object> map = (Map<String, Object>) at;
        if (step == steps.length - 1) {
            return action.apply(map, steps[step]);
        }
        Object child = map.get(steps[step]);
        if (child == null && !creates) {
            return at;
        }
        Object edited = walk(child == null ? Map.of() : child, step + 1, action, element);
        if (edited == child) {
            return at;
        }
        Map<String, Object> copy = new LinkedHashMap<>(map);
        copy.put(steps[step], edited);
        return copy;
    }

    private Object walkList(List<?> list, int step, AtParent action, UnaryOperator<Object> element) {
        int index = index(steps[step]);
        List<Object> copy = new ArrayList<>(list);
        if (index < 0) {
            copy.replaceAll(item -> walk(item, step, action, element));
        } else if (index >= copy.size()) {
            return list;
        } else if (step < steps.length - 1) {
            copy.set(index, walk(copy.get(index), step + 1, action, element));
        } else if (element != null) {
            Object after = element.apply(copy.get(index));
            if (after == ABSENT) {
                copy.remove(index);
            } else {
                copy.set(index, after);
            }
        }
        return copy;
    }

    private static int index(String step) {
        return step.length() < 9 && step.chars().allMatch(c -> c >= '0' && c <= '9') ? Integer.parseInt(step) : -1;
    }

    @Override
    public String toString() {
        return text;
    }
}
