package io.rookery.etl.mirror;

import io.rookery.api.Setting;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * An id made from a row's columns: {@code orders/{id}}.
 *
 * @param literals texts before, between and behind the columns: one more than there are columns
 */
record Template(List<String> literals, List<String> columns) {
    /** Stands for the primary key in the template that a task without {@code id:} has. No column has this name. */
    static final String KEY = "{$key}";

    /** The template as it was written. */
    String text() {
        StringBuilder text = new StringBuilder(literals.get(0));
        for (int i = 0; i < columns.size(); i++) {
            text.append('{').append(columns.get(i)).append('}').append(literals.get(i + 1));
        }
        return text.toString();
    }

    static Template of(Setting setting) {
        String text = setting.text();
        List<String> literals = new ArrayList<>();
        List<String> columns = new ArrayList<>();
        int at = 0;
        for (int open = text.indexOf('{'); open >= 0; open = text.indexOf('{', at)) {
            int close = text.indexOf('}', open);
            if (close < open + 2) {
                throw setting.error("Expected a column between braces in the template '" + text + "'");
            }
            literals.add(text.substring(at, open));
            columns.add(text.substring(open + 1, close).trim());
            at = close + 1;
        }
        if (columns.isEmpty()) {
            throw setting.error("Expected a column in braces, like orders/{id}, but found '" + text + "'");
        }
        literals.add(text.substring(at));
        return new Template(literals, columns);
    }

    /** The first column that keeps {@link #apply} from giving an id. */
    String missing(Map<String, Object> row) {
        return columns.stream()
                .filter(column -> row.get(column) == null)
                .findFirst()
                .orElseThrow();
    }

    /** The id, or null when a column is missing or null. */
    String apply(Map<String, Object> row) {
        StringBuilder id = new StringBuilder(literals.get(0));
        for (int i = 0; i < columns.size(); i++) {
            Object value = row.get(columns.get(i));
            if (value == null) {
                return null;
            }
            id.append(RowKeys.text(value)).append(literals.get(i + 1));
        }
        return id.toString();
    }
}
