package io.rookery.bench;

import io.rookery.api.DocumentWriter;
import io.rookery.api.Json;
import io.rookery.api.Transaction;
import io.rookery.api.Write;
import java.math.BigDecimal;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * The data set of the delivery measures: customers, a row each, and orders, a row and three rows of lines each. What it
 * gives as documents and what it gives as rows is the same.
 */
record Orders(int count) {
    static final int LINES = 3;
    static final List<String> DDL = List.of(
            "CREATE TABLE %s_customers (id text PRIMARY KEY, number bigint, name text, email text, city text,"
                    + " credit numeric(18,4), since timestamptz, note text)",
            "CREATE TABLE %s_orders (id text PRIMARY KEY, number bigint, customer text, status text,"
                    + " placed_at timestamptz, note text)",
            "CREATE TABLE %s_lines (id text, line_no integer, sku text, qty integer, price numeric(18,4),"
                    + " PRIMARY KEY (id, line_no))");
    private static final int WRITES_AT_ONCE = 500;
    private static final OffsetDateTime EPOCH = OffsetDateTime.of(2025, 1, 1, 0, 0, 0, 0, ZoneOffset.UTC);
    private static final String NOTE =
            "Please deliver to the back door and ring twice; the dog is friendly. ".repeat(4);

    static Object[] customer(int number) {
        return new Object[] {
            "customers/" + number,
            (long) number,
            "Customer " + number,
            "customer" + number + "@example.com",
            "Town " + number % 97,
            BigDecimal.valueOf(number % 100_000, 4),
            EPOCH.plusSeconds(number),
            NOTE
        };
    }

    static Object[] order(int number) {
        return new Object[] {
            "orders/" + number,
            (long) number,
            "customers/" + number % 1_000,
            number % 3 == 0 ? "PAID" : "NEW",
            EPOCH.plusSeconds(number),
            NOTE
        };
    }

    static Object[] line(int number, int line) {
        return new Object[] {
            "orders/" + number,
            line,
            "SKU-" + (number + line) % 500,
            1 + line % 5,
            BigDecimal.valueOf(12_500L + line, 4)
        };
    }

    private static Json customerDocument(int number) {
        Object[] row = customer(number);
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("number", row[1]);
        fields.put("name", row[2]);
        fields.put("email", row[3]);
        fields.put("city", row[4]);
        fields.put("credit", row[5]);
        fields.put("since", row[6].toString());
        fields.put("note", row[7]);
        return Json.of(fields);
    }

    private static Json orderDocument(int number) {
        Object[] row = order(number);
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("number", row[1]);
        fields.put("customer", row[2]);
        fields.put("status", row[3]);
        fields.put("placedAt", row[4].toString());
        fields.put("note", row[5]);
        List<Object> lines = new ArrayList<>();
        for (int i = 1; i <= LINES; i++) {
            Object[] line = line(number, i);
            Map<String, Object> item = new LinkedHashMap<>();
            item.put("line_no", line[1]);
            item.put("sku", line[2]);
            item.put("qty", line[3]);
            item.put("price", line[4]);
            lines.add(item);
        }
        fields.put("lines", lines);
        return Json.of(fields);
    }

    /** Puts all documents, first the customers. */
    void fill(DocumentWriter writer) throws Exception {
        List<CompletableFuture<?>> waiting = new ArrayList<>();
        for (String collection : List.of("Customers", "Orders")) {
            for (int from = 1; from <= count; from += WRITES_AT_ONCE) {
                List<Write> writes = new ArrayList<>();
                for (int i = from; i < Math.min(from + WRITES_AT_ONCE, count + 1); i++) {
                    writes.add(
                            collection.equals("Customers")
                                    ? new Write.PutDocument("customers/" + i, collection, customerDocument(i), null)
                                    : new Write.PutDocument("orders/" + i, collection, orderDocument(i), null));
                }
                waiting.add(writer.commit(Transaction.of(writes, System.currentTimeMillis())));
                if (waiting.size() == 8) {
                    waiting.remove(0).get(60, TimeUnit.SECONDS);
                }
            }
        }
        for (CompletableFuture<?> one : waiting) {
            one.get(60, TimeUnit.SECONDS);
        }
    }
}
