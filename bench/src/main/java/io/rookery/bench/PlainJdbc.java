package io.rookery.bench;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Properties;

/**
 * The same rows by batches of JDBC upserts, as one would write it by hand: rewritten to statements of many rows, a commit
 * for the rows of {@value #DOCUMENTS} documents.
 */
final class PlainJdbc implements AutoCloseable {
    static final int DOCUMENTS = 1_000;

    private static final String CUSTOMERS = "INSERT INTO plain_customers VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
            + " ON CONFLICT (id) DO UPDATE SET number = EXCLUDED.number, name = EXCLUDED.name, email = EXCLUDED.email,"
            + " city = EXCLUDED.city, credit = EXCLUDED.credit, since = EXCLUDED.since, note = EXCLUDED.note";
    private static final String ORDERS = "INSERT INTO plain_orders VALUES (?, ?, ?, ?, ?, ?)"
            + " ON CONFLICT (id) DO UPDATE SET number = EXCLUDED.number, customer = EXCLUDED.customer,"
            + " status = EXCLUDED.status, placed_at = EXCLUDED.placed_at, note = EXCLUDED.note";
    private static final String LINES = "INSERT INTO plain_lines VALUES (?, ?, ?, ?, ?)"
            + " ON CONFLICT (id, line_no) DO UPDATE SET sku = EXCLUDED.sku, qty = EXCLUDED.qty, price = EXCLUDED.price";

    private final Connection connection;

    PlainJdbc(String url, String user, String password) throws SQLException {
        Properties properties = new Properties();
        properties.put("user", user);
        properties.put("password", password);
        properties.put("reWriteBatchedInserts", "true");
        connection = DriverManager.getConnection(url, properties);
        connection.setAutoCommit(false);
    }

    void customers(int count) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(CUSTOMERS)) {
            for (int i = 1; i <= count; i++) {
                add(statement, Orders.customer(i));
                if (i % DOCUMENTS == 0 || i == count) {
                    statement.executeBatch();
                    connection.commit();
                }
            }
        }
    }

    void orders(int count) throws SQLException {
        try (PreparedStatement orders = connection.prepareStatement(ORDERS);
                PreparedStatement lines = connection.prepareStatement(LINES)) {
            for (int i = 1; i <= count; i++) {
                add(orders, Orders.order(i));
                for (int line = 1; line <= Orders.LINES; line++) {
                    add(lines, Orders.line(i, line));
                }
                if (i % DOCUMENTS == 0 || i == count) {
                    orders.executeBatch();
                    lines.executeBatch();
                    connection.commit();
                }
            }
        }
    }

    private static void add(PreparedStatement statement, Object[] row) throws SQLException {
        for (int i = 0; i < row.length; i++) {
            statement.setObject(i + 1, row[i]);
        }
        statement.addBatch();
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
