package io.rookery.samples.shop;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * Fills the legacy shop. At scale 1: 200 customers, 50 products, 1 000 orders with three lines each on average; all of
 * it grows with the scale. The same scale gives the same rows.
 */
public final class ShopGenerator {
    /** Customers at scale 1. */
    static final int CUSTOMERS = 200;

    static final int PRODUCTS = 50;
    static final int ORDERS = 1_000;

    /** Orders 1, 51, 101 … name the customer of this number plus their own, who is not there yet. */
    static final long MISSING_CUSTOMERS = 9_000_000L;

    private final int scale;

    public ShopGenerator(int scale) {
        if (scale < 1) {
            throw new IllegalArgumentException("Expected a scale of at least 1 but found " + scale);
        }
        this.scale = scale;
    }

    public int customers() {
        return CUSTOMERS * scale;
    }

    public int orders() {
        return ORDERS * scale;
    }

    /** Makes the tables and fills them in one transaction; the rows are made by the database itself. */
    public void fill(Connection connection) throws SQLException {
        connection.setAutoCommit(false);
        try (Statement statement = connection.createStatement()) {
            statement.execute(ShopFiles.sql("schema.sql"));
        }
        run(
                connection,
                "INSERT INTO customers SELECT g, 'Customer ' || g, 'c' || g || '@shop.example',"
                        + " CASE g % 3 WHEN 0 THEN 'gold' WHEN 1 THEN 'silver' END,"
                        + " decode(md5(g::text), 'hex'), timestamptz '2020-01-01 00:00:00Z' + g * interval '1 hour'"
                        + " FROM generate_series(1, ?) g",
                customers());
        run(
                connection,
                "INSERT INTO products SELECT 'SKU-' || g, 'Product ' || g, jsonb_build_object('weight', g % 10, 'tags',"
                        + " jsonb_build_array('t' || g % 5)), (g % 97) + 0.2500 FROM generate_series(1, ?) g",
                PRODUCTS * scale);
        // Every tenth order has no customer, every fiftieth one that was not migrated.
        run(
                connection,
                "INSERT INTO orders SELECT g, CASE WHEN g % 4 = 0 THEN 'US' ELSE 'EU' END,"
                        + " CASE WHEN g % 10 = 0 THEN NULL WHEN g % 50 = 1 THEN " + MISSING_CUSTOMERS
                        + " + g ELSE 1 + g % " + customers()
                        + " END, (ARRAY['NEW','PAID','SHIPPED','CANCELLED'])[1 + g % 4]::order_status,"
                        + " timestamptz '2025-01-01 00:00:00Z' + g * interval '61.000001 seconds', 'note ' || g,"
                        + " CASE WHEN g % 5 = 0 THEN repeat(md5(g::text), 120) END,"
                        + " CASE WHEN g % 3 = 0 THEN jsonb_build_object('channel', 'web', 'utm', g % 7) END"
                        + " FROM generate_series(1, ?) g",
                orders());
        run(
                connection,
                "INSERT INTO order_lines SELECT g * 10 + l, g, l, 'SKU-' || (1 + (g * l) % " + PRODUCTS * scale
                        + "), 1 + (g + l) % 5, (g % 97) + l * 0.1250"
                        + " FROM generate_series(1, ?) g, generate_series(1, 1 + g % 5) l",
                orders());
        run(
                connection,
                "INSERT INTO line_discounts SELECT id, c, 5 + id % 20 FROM order_lines, unnest(ARRAY['SPRING','VIP']) c"
                        + " WHERE order_id <= ? AND (id + length(c)) % 4 = 0",
                orders());
        run(
                connection,
                "INSERT INTO payments SELECT md5('p' || g)::uuid, g, 10 + g % 500 + 0.0500, date '2025-02-01' + g % 300"
                        + " FROM generate_series(1, ?) g WHERE g % 5 < 3",
                orders());
        run(
                connection,
                "INSERT INTO order_notes SELECT g, timestamptz '2025-03-01 00:00:00Z' + g * interval '1 minute',"
                        + " 'call back' FROM generate_series(1, ?) g WHERE g % 10 = 3",
                orders());
        connection.commit();
    }

    private static void run(Connection connection, String sql, int rows) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setInt(1, rows);
            statement.executeUpdate();
        }
    }
}
