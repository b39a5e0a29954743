package io.rookery.samples.shop;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Lives in the shop: new orders, changed and deleted ones, lines that move between orders, payments that arrive before
 * their order, renamed customers, texts stored out of line that stay as they are. One transaction a step, by one
 * thread; the same seed makes the same steps.
 */
public final class ShopWriter {
    private final Connection connection;
    private final Random random;
    private final int customers;
    private final AtomicLong steps = new AtomicLong();
    private long nextOrder;

    public ShopWriter(Connection connection, ShopGenerator filled, long seed) throws SQLException {
        this.connection = connection;
        this.random = new Random(seed);
        this.customers = filled.customers();
        this.nextOrder = filled.orders() + 1L;
        connection.setAutoCommit(false);
    }

    /** Transactions committed so far. Any thread. */
    public long steps() {
        return steps.get();
    }

    /** Commits about {@code perSecond} transactions a second for this long, evenly spread; returns early when interrupted. */
    public void write(Duration duration, int perSecond) throws SQLException {
        long start = System.nanoTime();
        long pause = 1_000_000_000L / perSecond;
        for (long i = 0;
                i * pause < duration.toNanos() && !Thread.currentThread().isInterrupted();
                i++) {
            java.util.concurrent.locks.LockSupport.parkNanos(start + i * pause - System.nanoTime());
            step();
        }
    }

    /** One transaction. */
    public void step() throws SQLException {
        int dice = random.nextInt(100);
        if (dice < 25) {
            placeOrder();
        } else if (dice < 50) {
            changeOrder();
        } else if (dice < 65) {
            changeLine();
        } else if (dice < 78) {
            moveLine();
        } else if (dice < 84) {
            removeLine();
        } else if (dice < 89) {
            pay();
        } else if (dice < 93) {
            changeCustomerOfOrder();
        } else if (dice < 97) {
            renameCustomer();
        } else {
            deleteOrder();
        }
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
                    new java.math.BigDecimal(random.nextInt(1_000_000)).movePointLeft(4));
            if (random.nextInt(3) == 0) {
                run("INSERT INTO line_discounts VALUES (?, 'NEW', ?)", id, random.nextInt(50));
            }
        }
    }

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
        long from = order();
        long to = order();
        // only between orders that exist: the foreign key is checked at commit
        run(
                "UPDATE order_lines SET order_id = ? WHERE id = (SELECT min(id) FROM order_lines WHERE order_id = ?)"
                        + " AND EXISTS (SELECT 1 FROM orders WHERE id = ?)",
                to,
                from,
                to);
    }

    private void removeLine() throws SQLException {
        long line = line();
        run("DELETE FROM line_discounts WHERE line_id = ?", line);
        run("DELETE FROM order_lines WHERE id = ?", line);
    }

    private void pay() throws SQLException {
        run(
                "INSERT INTO payments SELECT ?, ?, ?, date '2026-01-01' WHERE NOT EXISTS"
                        + " (SELECT 1 FROM payments WHERE order_id = ?)",
                new UUID(random.nextLong(), random.nextLong()),
                nextOrder,
                new java.math.BigDecimal(random.nextInt(1_000_000)).movePointLeft(2),
                nextOrder);
    }

    private void changeCustomerOfOrder() throws SQLException {
        run("UPDATE orders SET customer_id = ? WHERE id = ?", random.nextBoolean() ? null : (Long) customer(), order());
    }

    private void renameCustomer() throws SQLException {
        run("UPDATE customers SET name = ? WHERE id = ?", "Renamed " + steps.get(), customer());
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
        return 1L + random.nextInt(customers);
    }

    private OffsetDateTime now() {
        return Instant.ofEpochSecond(1_770_000_000L + steps.get(), random.nextInt(1_000_000) * 1_000L)
                .atOffset(ZoneOffset.UTC);
    }

    private void run(String sql, Object... values) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < values.length; i++) {
                statement.setObject(i + 1, values[i]);
            }
            statement.executeUpdate();
        }
    }
}
