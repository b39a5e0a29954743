package io.rookery.api;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Compiles the four ways to write a value. Text that starts with {@code =} is an expression; with braces a template;
 * with {@code $} a system field's path; any other text is what {@code Plain} says. Numbers and booleans are constants.
 */
public final class Values {
    /** What text means that is neither expression, template nor system field. */
    public enum Plain {
        PATH,
        CONSTANT
    }

    private final ExpressionEngine expressions;

    public Values(ExpressionEngine expressions) {
        this.expressions = expressions;
    }

    public Value compile(Setting setting, Plain plain) {
        if (setting.isMapping() || setting.isList()) {
            Object constant = setting.plain();
            return scope -> constant;
        }
        if (!setting.isText()) {
            Object constant = setting.value();
            return scope -> constant;
        }
        String text = setting.text();
        if (text.startsWith("=")) {
            return expressions.compile(text.substring(1).trim(), setting);
        }
        if (text.indexOf('{') >= 0) {
            return template(setting);
        }
        return plain == Plain.PATH || text.startsWith("$") ? path(setting, text) : scope -> text;
    }

    /** A path from the document ({@code customer.name}, {@code lines.0.sku}) or a system field ({@code $item.sku}). */
    public static Value path(Setting setting, String text) {
        String[] steps = text.split("\\.", -1);
        for (String step : steps) {
            if (step.isEmpty()) {
                throw setting.error("Expected a path like customer.name but found '" + text + "'");
            }
        }
        if (!text.startsWith("$")) {
            return scope -> walk(
                    scope.change().document() == null
                            ? null
                            : scope.change().document().value(),
                    steps,
                    0);
        }
        Value start = systemField(setting, steps[0]);
        return steps.length == 1 ? start : scope -> walk(start.evaluate(scope), steps, 1);
    }

    private static Value systemField(Setting setting, String name) {
        return switch (name) {
            case "$id" -> scope -> scope.change().id();
            case "$op" -> scope -> scope.change().operation().label();
            case "$seq" -> scope -> scope.change().sequence();
            case "$ts" ->
                scope -> java.time.Instant.ofEpochMilli(scope.change().timestamp())
                        .toString();
            case "$collection" -> scope -> scope.change().collection();
            case "$old" ->
                scope -> scope.change().before() == null
                        ? null
                        : scope.change().before().value();
            case "$item" -> Scope::item;
            default ->
                throw setting.error("Unknown system field '" + name
                        + "'; known here are $id, $op, $old, $seq, $ts, $collection, $item");
        };
    }

    private static Object walk(Object value, String[] steps, int from) {
        Object at = value;
        for (int i = from; i < steps.length && at != null; i++) {
            at = step(at, steps[i]);
        }
        return at;
    }

    private static Object step(Object value, String step) {
        if (value instanceof Map<?, ?> map) {
            return map.get(step);
        }
        if (value instanceof List<?> list && step.chars().allMatch(Character::isDigit) && step.length() < 9) {
            int index = Integer.parseInt(step);
            return index < list.size() ? list.get(index) : null;
        }
        return null;
    }

    /** {@code orders/{id}}; a field that is missing or null rejects the change: an id with a hole in it is no id. */
    private static Value template(Setting setting) {
        String text = setting.text();
        List<Value> parts = new ArrayList<>();
        int at = 0;
        while (at < text.length()) {
            int open = text.indexOf('{', at);
            String literal = open < 0 ? text.substring(at) : text.substring(at, open);
            parts.add(scope -> literal);
            if (open < 0) {
                break;
            }
            int close = text.indexOf('}', open);
            if (close < 0) {
                throw setting.error("Expected '}' after '{' in the template '" + text + "'");
            }
            parts.add(required(setting, text.substring(open + 1, close).trim()));
            at = close + 1;
        }
        return scope -> {
            StringBuilder joined = new StringBuilder();
            parts.forEach(part -> joined.append(part.evaluate(scope)));
            return joined.toString();
        };
    }

    private static Value required(Setting setting, String field) {
        Value value = path(setting, field);
        return scope -> {
            Object found = value.evaluate(scope);
            if (found == null) {
                throw new RookeryException(
                        ErrorCode.CHANGE_REJECTED,
                        "Expected the field '" + field + "' for the template '" + setting.text() + "' but "
                                + scope.change().id() + " has none");
            }
            return found instanceof java.math.BigDecimal number ? number.toPlainString() : found;
        };
    }
}
