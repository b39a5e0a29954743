package io.rookery.samples.shop;

import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Timestamp;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What the documents must be: assembled straight from the source's tables by code that shares nothing with the mirror.
 * Values are normalised so that they compare: times as {@code Instant}, decimals with their scale, null left out.
 */
final class ShopSource {
    private final Connection connection;

    ShopSource(Connection connection) {
        this.connection = connection;
    }

    /** Documents of both collections by id, all tables read in one snapshot. */
    Map<String, Map<String, Object>> documents() throws SQLException {
        connection.setAutoCommit(false);
        connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
        try {
            Map<String, Map<String, Object>> documents = new TreeMap<>();
            Map<Object, Object> names = new LinkedHashMap<>();
            for (Map<String, Object> customer : rows("SELECT * FROM customers")) {
                names.put(customer.get("id"), customer.get("name"));
                documents.put("customers/" + customer.get("id"), customer);
            }
            Map<Object, List<Map<String, Object>>> lines = lines();
            Map<Object, List<Map<String, Object>>> payments =
                    grouped("order_id", "SELECT order_id, id, amount, paid_on FROM payments");
            Map<Object, List<Map<String, Object>>> notes =
                    grouped("order_id", "SELECT order_id, noted_at, note FROM order_notes ORDER BY noted_at");
            for (Map<String, Object> order : rows("SELECT * FROM orders")) {
                Object id = order.get("id");
                order.remove("internal_note");
                rename(order, "status_cd", "status");
                order.put("lines", lines.getOrDefault(id, List.of()));
                order.put("lineCount", (long) lines.getOrDefault(id, List.of()).size());
                order.put("notes", notes.getOrDefault(id, List.of()));
                put(
                        order,
                        "payment",
                        payments.containsKey(id) ? payments.get(id).get(0) : null);
                Object customer = order.get("customer_id");
                put(order, "customer", customer == null ? null : "customers/" + customer);
                put(order, "customerName", customer == null ? null : names.get(customer));
                documents.put("orders/" + id, order);
            }
            return documents;
        } finally {
            connection.rollback();
        }
    }

    private Map<Object, List<Map<String, Object>>> lines() throws SQLException {
        Map<Object, List<Map<String, Object>>> discounts =
                grouped("line_id", "SELECT line_id, code, percent FROM line_discounts ORDER BY code COLLATE \"C\"");
        Map<Object, List<Map<String, Object>>> lines = grouped(
                "order_id", "SELECT order_id, id, line_no, sku, qty, unit_price FROM order_lines ORDER BY line_no, id");
        lines.values()
                .forEach(list ->
                        list.forEach(line -> line.put("discounts", discounts.getOrDefault(line.get("id"), List.of()))));
        return lines;
    }

    private static void rename(Map<String, Object> row, String from, String to) {
        put(row, to, row.remove(from));
    }

    private static void put(Map<String, Object> row, String name, Object value) {
        if (value != null) {
            row.put(name, value);
        }
    }

    /** Rows by a column, which is left out of them; those where it is null belong to nobody. */
    private Map<Object, List<Map<String, Object>>> grouped(String column, String sql) throws SQLException {
        Map<Object, List<Map<String, Object>>> groups = new LinkedHashMap<>();
        for (Map<String, Object> row : rows(sql)) {
            Object key = row.remove(column);
            if (key != null) {
                groups.computeIfAbsent(key, absent -> new ArrayList<>()).add(row);
            }
        }
        return groups;
    }

    private List<Map<String, Object>> rows(String sql) throws SQLException {
        List<Map<String, Object>> rows = new ArrayList<>();
        try (Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(sql)) {
            while (result.next()) {
                Map<String, Object> row = new LinkedHashMap<>();
                for (int i = 1; i <= result.getMetaData().getColumnCount(); i++) {
                    put(row, result.getMetaData().getColumnName(i), normal(result, i));
                }
                rows.add(row);
            }
        }
        return rows;
    }

    private static Object normal(ResultSet result, int column) throws SQLException {
        return switch (result.getMetaData().getColumnTypeName(column)) {
            case "timestamptz" -> {
                Timestamp time = result.getTimestamp(column);
                yield time == null ? null : time.toInstant();
            }
            case "int4", "int8" -> {
                long number = result.getLong(column);
                yield result.wasNull() ? null : (Object) number;
            }
            case "numeric" -> {
                BigDecimal number = result.getBigDecimal(column);
                yield number;
            }
            case "bytea" -> {
                byte[] bytes = result.getBytes(column);
                yield bytes == null ? null : Base64.getEncoder().encodeToString(bytes);
            }
            case "jsonb" -> {
                String text = result.getString(column);
                yield text == null ? null : io.rookery.api.Json.parse(text).value();
            }
            default -> result.getString(column);
        };
    }
}
