package io.rookery.samples.shop;

import io.rookery.samples.shop.KafkaHistory.Delivery;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/** Compares the source's tables, the documents, the reporting tables and Kafka's records with one another. */
final class ShopComparison {
    /** What was compared, and where it differs. */
    record Verdict(
            long orders, long customers, long rows, long effects, long records, List<String> differences, long count) {
        boolean equal() {
            return count == 0;
        }
    }

    private final Differences differences = new Differences();
    private final Map<String, Map<String, Object>> documents;
    private final Map<String, Map<String, Object>> orders = new TreeMap<>();
    private long rows;
    private long effects;
    private long records;

    ShopComparison(Map<String, Map<String, Object>> documents) {
        this.documents = documents;
        documents.forEach((id, document) -> {
            if (id.startsWith("orders/")) {
                orders.put(id, document);
            }
        });
    }

    Verdict verdict() {
        return new Verdict(
                orders.size(),
                documents.size() - orders.size(),
                rows,
                effects,
                records,
                differences.found(),
                differences.count());
    }

    /** Every document equals the assembled source rows, and there is no other. */
    void withSource(Map<String, Map<String, Object>> expected) {
        TreeSet<String> ids = new TreeSet<>(expected.keySet());
        ids.addAll(documents.keySet());
        for (String id : ids) {
            differences.compare("document " + id, expected.get(id), documents.get(id));
        }
    }

    /** Every row equals its document, there is no other, and the ledger shows no effect twice. */
    void withReporting(Connection connection) throws SQLException {
        Map<String, Map<String, Object>> expectedLines = new TreeMap<>();
        Map<String, Map<String, Object>> expected = new TreeMap<>();
        orders.forEach((id, order) -> {
            expected.put(id, reportingOrder(order));
            for (Object line : (List<?>) order.get("lines")) {
                Map<String, Object> row = new LinkedHashMap<>(ShopClient.object(line));
                row.keySet().retainAll(List.of("sku", "qty", "unit_price"));
                expectedLines.put(id + ' ' + ShopClient.object(line).get("id"), row);
            }
        });
        compareRows("order row ", expected, rows(connection, "SELECT order_id, * FROM orders", 1));
        compareRows("line row ", expectedLines, rows(connection, "SELECT order_id, line_id, * FROM order_lines", 2));
        effects = rows(connection, "SELECT entry FROM ledger", 1).size();
        rows(
                        connection,
                        "SELECT order_id, seq, count(*) FROM ledger WHERE effect <> 'DELETE' GROUP BY 1, 2 HAVING count(*) > 1",
                        2)
                .keySet()
                .forEach(twice -> differences.add("ledger: the change " + twice + " took effect twice"));
    }

    private static Map<String, Object> reportingOrder(Map<String, Object> order) {
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("status", order.get("status"));
        row.put("customer_id", order.get("customer"));
        row.put("customer_name", order.get("customerName"));
        row.put("line_count", order.get("lineCount"));
        row.put(
                "payment",
                order.get("payment") == null
                        ? null
                        : ShopClient.object(order.get("payment")).get("amount"));
        row.put("seq", sequence(order));
        return row;
    }

    /** The sequence number in the document's change vector. */
    private static long sequence(Map<String, Object> document) {
        String vector = (String) ShopClient.object(document.get("@metadata")).get("@change-vector");
        return Long.parseLong(vector.substring(vector.indexOf(':') + 1));
    }

    private void compareRows(
            String what, Map<String, Map<String, Object>> expected, Map<String, Map<String, Object>> actual) {
        rows += actual.size();
        TreeSet<String> keys = new TreeSet<>(expected.keySet());
        keys.addAll(actual.keySet());
        keys.forEach(key -> differences.compare(what + key, expected.get(key), actual.get(key)));
    }

    /** Rows by their first columns joined by a blank; the key's columns are left out of the values. */
    private static Map<String, Map<String, Object>> rows(Connection connection, String sql, int keyColumns)
            throws SQLException {
        Map<String, Map<String, Object>> rows = new TreeMap<>();
        try (Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(sql)) {
            while (result.next()) {
                StringBuilder key = new StringBuilder(result.getString(1));
                Map<String, Object> row = new LinkedHashMap<>();
                for (int i = 2; i <= keyColumns; i++) {
                    key.append(' ').append(result.getString(i));
                }
                for (int i = keyColumns + 1; i <= result.getMetaData().getColumnCount(); i++) {
                    row.put(result.getMetaData().getColumnName(i), plain(result.getObject(i)));
                }
                row.keySet().removeAll(List.of("order_id", "line_id"));
                rows.put(key.toString(), row);
            }
        }
        return rows;
    }

    private static Object plain(Object value) {
        return value instanceof Integer number ? (Object) number.longValue() : value;
    }

    /** Each document's changes are there once, in order, and the last one is what the document is now. */
    void withKafka(Map<String, List<Delivery>> history) {
        history.forEach((id, deliveries) -> {
            records += deliveries.size();
            long last = 0;
            for (Delivery delivery : deliveries) {
                if (delivery.sequence() <= last) {
                    differences.add("Kafka " + id + ": the change " + delivery.sequence() + " comes behind " + last);
                }
                last = delivery.sequence();
            }
        });
        TreeSet<String> ids = new TreeSet<>(orders.keySet());
        ids.addAll(history.keySet());
        for (String id : ids) {
            List<Delivery> deliveries = history.getOrDefault(id, List.of());
            Delivery newest = deliveries.isEmpty() ? new Delivery(0, null) : deliveries.get(deliveries.size() - 1);
            Map<String, Object> expected = orders.get(id);
            if (expected != null) {
                if (newest.sequence() != sequence(expected)) {
                    differences.add("Kafka " + id + ": expected the change " + sequence(expected)
                            + " as the last but found " + newest.sequence());
                }
                expected = new LinkedHashMap<>(expected);
                expected.remove("terms");
            }
            differences.compare(
                    "Kafka " + id,
                    expected,
                    newest.body() == null ? null : newest.body().value());
        }
    }
}
