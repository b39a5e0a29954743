package io.rookery.samples.shop;

import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Random;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Lives in the shop: new, changed, renumbered and deleted orders, lines that move between orders or belong to none for a
 * while, payments that arrive before their order, renamed, deleted and late customers, texts stored out of line that
 * stay as they are. One transaction a step, by one thread; the same seed makes the same steps.
 */
public final class ShopWriter {
    private final Connection connection;
    private final Random random;
    private final ShopGenerator filled;
    private final TreeMap<Integer, Step> choices = new TreeMap<>();
    private final AtomicLong steps = new AtomicLong();
    private final AtomicLong rows = new AtomicLong();
    private int chances;
    private long nextOrder;

    private interface Step {
        void run() throws SQLException;
    }

    public ShopWriter(Connection connection, ShopGenerator filled, long seed) throws SQLException {
        this.connection = connection;
        this.random = new Random(seed);
        this.filled = filled;
        this.nextOrder = filled.orders() + 1L;
        connection.setAutoCommit(false);
        choose(24, this::placeOrder);
        choose(20, this::changeOrder);
        choose(14, this::changeLine);
        choose(12, this::moveLine);
        choose(4, this::detachLine);
        choose(5, this::removeLine);
        choose(3, this::changeDiscount);
        choose(4, this::pay);
        choose(4, this::changeCustomerOfOrder);
        choose(3, this::renameCustomer);
        choose(1, this::addCustomer);
        choose(1, this::deleteCustomer);
        choose(2, this::note);
        choose(1, this::renumberOrder);
        choose(2, this::deleteOrder);
    }

    private void choose(int chance, Step step) {
        choices.put(chances, step);
        chances += chance;
    }

    /** Transactions committed so far. Any thread. */
    public long steps() {
        return steps.get();
    }

    /** Rows inserted, updated and deleted so far. Any thread. */
    public long rows() {
        return rows.get();
    }

    /** One transaction. */
    public void step() throws SQLException {
        choices.floorEntry(random.nextInt(chances)).getValue().run();
        connection.commit();
        steps.incrementAndGet();
    }

    private void placeOrder() throws SQLException {
        long id = nextOrder++;
        int lines = 1 + random.nextInt(4);
        boolean childrenFirst = random.nextInt(4) == 0;
        if (childrenFirst) {
            addLines(id, lines);
        }
        run(
                "INSERT INTO orders VALUES (?, 'EU', ?, 'NEW', ?, 'by the writer', ?, '{\"channel\": \"app\"}')",
                id,
                random.nextInt(8) == 0 ? null : (Long) customer(),
                now(),
                random.nextInt(3) == 0 ? "terms ".repeat(700) + id : null);
        if (!childrenFirst) {
            addLines(id, lines);
        }
    }

    private void addLines(long order, int lines) throws SQLException {
        for (int line = 1; line <= lines; line++) {
            long id = order * 10 + line;
            run(
                    "INSERT INTO order_lines VALUES (?, ?, ?, ?, ?, ?)",
                    id,
                    order,
                    line,
                    "SKU-" + (1 + random.nextInt(ShopGenerator.PRODUCTS)),
                    1 + random.nextInt(9),
                    new BigDecimal(random.nextInt(1_000_000)).movePointLeft(4));
            if (random.nextInt(3) == 0) {
                run("INSERT INTO line_discounts VALUES (?, 'NEW', ?)", id, random.nextInt(50));
            }
        }
    }

    /** The long text is not touched, so the log does not hold it. */
    private void changeOrder() throws SQLException {
        run(
                "UPDATE orders SET status_cd = (ARRAY['NEW','PAID','SHIPPED','CANCELLED'])[?]::order_status,"
                        + " internal_note = ? WHERE id = ?",
                1 + random.nextInt(4),
                "step " + steps.get(),
                order());
    }

    private void changeLine() throws SQLException {
        run("UPDATE order_lines SET qty = ? WHERE id = ?", 1 + random.nextInt(99), line());
    }

    private void moveLine() throws SQLException {
        long to = order();
        // only to an order that exists: the foreign key is checked at commit
        run(
                "UPDATE order_lines SET order_id = ? WHERE id = (SELECT min(id) FROM order_lines WHERE order_id "
                        + (random.nextInt(5) == 0 ? "IS NULL" : "= " + order())
                        + ") AND EXISTS (SELECT 1 FROM orders WHERE id = ?)",
                to,
                to);
    }

    private void detachLine() throws SQLException {
        run("UPDATE order_lines SET order_id = NULL WHERE id = ?", line());
    }

    private void removeLine() throws SQLException {
        long line = line();
        run("DELETE FROM line_discounts WHERE line_id = ?", line);
        run("DELETE FROM order_lines WHERE id = ?", line);
    }

    /** Half of them change the key: to another code, or to another line. */
    private void changeDiscount() throws SQLException {
        String change =
                switch (random.nextInt(4)) {
                    case 0 -> "code = 'CODE-" + steps.get() + '\'';
                    case 1 -> "code = 'MOVED-" + steps.get() + "', line_id = " + line();
                    default -> "percent = " + random.nextInt(60);
                };
        run(
                "UPDATE line_discounts SET " + change + " WHERE (line_id, code) ="
                        + " (SELECT line_id, code FROM line_discounts WHERE line_id >= ? ORDER BY 1, 2 LIMIT 1)",
                line());
    }

    private void pay() throws SQLException {
        long order = random.nextBoolean() ? nextOrder : order();
        run(
                "INSERT INTO payments SELECT ?, ?, ?, date '2026-01-01' WHERE NOT EXISTS"
                        + " (SELECT 1 FROM payments WHERE order_id = ?)",
                new UUID(random.nextLong(), random.nextLong()),
                order,
                new BigDecimal(random.nextInt(1_000_000)).movePointLeft(2),
                order);
        run("UPDATE payments SET order_id = NULL WHERE order_id = ?", order());
    }

    private void changeCustomerOfOrder() throws SQLException {
        run("UPDATE orders SET customer_id = ? WHERE id = ?", random.nextBoolean() ? null : (Long) customer(), order());
    }

    private void renameCustomer() throws SQLException {
        run("UPDATE customers SET name = ? WHERE id = ?", "Renamed " + steps.get(), customer());
    }

    /** One that orders have named before it was there, or one that was deleted. */
    private void addCustomer() throws SQLException {
        run(
                "INSERT INTO customers VALUES (?, ?, NULL, 'late', NULL, ?) ON CONFLICT DO NOTHING",
                random.nextBoolean()
                        ? customer()
                        : ShopGenerator.MISSING_CUSTOMERS + 1 + 50L * random.nextInt(filled.orders() / 50),
                "Late " + steps.get(),
                now());
    }

    private void deleteCustomer() throws SQLException {
        run("DELETE FROM customers WHERE id = ?", customer());
    }

    /** In a table without a primary key. */
    private void note() throws SQLException {
        long order = order();
        run("UPDATE order_notes SET note = 'called' WHERE order_id = ?", order);
        run("INSERT INTO order_notes VALUES (?, ?, 'noted')", order, now());
        run("DELETE FROM order_notes WHERE order_id = ?", order());
    }

    /** A new primary key, and all children follow. */
    private void renumberOrder() throws SQLException {
        long from = order();
        long to = nextOrder++;
        run("DELETE FROM payments WHERE order_id = ?", to);
        run("UPDATE orders SET id = ? WHERE id = ?", to, from);
        for (String table : new String[] {"order_lines", "payments", "order_notes"}) {
            run("UPDATE " + table + " SET order_id = ? WHERE order_id = ?", to, from);
        }
    }

    private void deleteOrder() throws SQLException {
        long id = order();
        run("DELETE FROM line_discounts WHERE line_id IN (SELECT id FROM order_lines WHERE order_id = ?)", id);
        run("DELETE FROM order_lines WHERE order_id = ?", id);
        run("DELETE FROM order_notes WHERE order_id = ?", id);
        run("DELETE FROM payments WHERE order_id = ?", id);
        run("DELETE FROM orders WHERE id = ?", id);
    }

    private long order() {
        return 1 + random.nextLong(nextOrder - 1);
    }

    private long line() {
        return order() * 10 + 1L + random.nextInt(3);
    }

    private long customer() {
        return 1L + random.nextInt(filled.customers());
    }

    /** The shop's clock: later at every step, so that rows sort by it. */
    private OffsetDateTime now() {
        return Instant.ofEpochSecond(1_770_000_000L + steps.get(), random.nextInt(1_000_000) * 1_000L)
                .atOffset(ZoneOffset.UTC);
    }

    private void run(String sql, Object... values) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < values.length; i++) {
                statement.setObject(i + 1, values[i]);
            }
            rows.addAndGet(statement.executeUpdate());
        }
    }
}
