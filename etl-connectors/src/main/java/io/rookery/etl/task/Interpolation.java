package io.rookery.etl.task;

import io.rookery.api.ErrorCode;
import io.rookery.api.Setting;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Fills in {@code ${env:X}}, {@code ${env:X:-default}} and {@code ${secret:NAME}}, on the node, when a task starts. */
final class Interpolation {
    private static final Pattern REFERENCE = Pattern.compile("\\$\\{([^}]*)}");
    private static final Pattern WHOLE_NUMBER = Pattern.compile("\\d{1,18}");

    private final UnaryOperator<String> environment;
    private final UnaryOperator<String> secrets;

    /** Both give null for what they do not know. */
    Interpolation(UnaryOperator<String> environment, UnaryOperator<String> secrets) {
        this.environment = environment;
        this.secrets = secrets;
    }

    Setting fill(Setting setting) {
        Object value = setting.value();
        if (setting.isMapping()) {
            Map<String, Setting> filled = new LinkedHashMap<>();
            setting.mapping().forEach((key, item) -> filled.put(key, fill(item)));
            value = filled;
        } else if (setting.isList()) {
            value = setting.list().stream().map(this::fill).toList();
        } else if (value instanceof String text && text.contains("${")) {
            value = fill(setting, text);
        }
        return new Setting(setting.file(), setting.line(), setting.column(), setting.path(), value);
    }

    private Object fill(Setting setting, String text) {
        String filled =
                REFERENCE.matcher(text).replaceAll(match -> Matcher.quoteReplacement(resolve(setting, match.group(1))));
        // "${env:PORT:-5432}" is a number where a number is meant; a secret stays the text that it is
        return WHOLE_NUMBER.matcher(filled).matches() && !text.contains("${secret:")
                ? (Object) Long.parseLong(filled)
                : filled;
    }

    private String resolve(Setting setting, String reference) {
        if (reference.startsWith("env:")) {
            String name = reference.substring("env:".length());
            int otherwise = name.indexOf(":-");
            String value = environment.apply(otherwise < 0 ? name : name.substring(0, otherwise));
            if (value == null && otherwise < 0) {
                throw setting.error(
                        ErrorCode.BAD_CONNECTION, "Expected the environment variable " + name + " but it is not set");
            }
            return value != null ? value : name.substring(otherwise + 2);
        }
        if (reference.startsWith("secret:")) {
            String name = reference.substring("secret:".length());
            String value = secrets.apply(name);
            if (value == null) {
                throw setting.error(
                        ErrorCode.BAD_CONNECTION, "Expected the secret '" + name + "' but it is not stored");
            }
            return value;
        }
        throw setting.error(
                ErrorCode.BAD_CONNECTION,
                "Expected ${env:X}, ${env:X:-default} or ${secret:NAME} but found ${" + reference + "}");
    }
}
