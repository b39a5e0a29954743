package io.rookery.bench;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;

/** So many clients, each with a connection and a thread of its own, that insert one document after the other as a row. */
final class JdbcInserts implements AutoCloseable {
    static final String TABLE = "CREATE TABLE documents (id text PRIMARY KEY, body jsonb NOT NULL)";
    private static final String INSERT = "INSERT INTO documents VALUES (?, ?::jsonb)";
    private static final AtomicLong NEXT = new AtomicLong();

    private final List<Connection> connections = new ArrayList<>();
    private final ExecutorService threads;

    JdbcInserts(PostgresPair postgres, int clients) throws SQLException {
        for (int i = 0; i < clients; i++) {
            connections.add(postgres.connect());
        }
        threads = Executors.newFixedThreadPool(clients);
    }

    /** Inserts a second, each committed by itself; the last ones count with the time that they take. */
    double perSecond(Duration duration) throws Exception {
        long start = System.nanoTime();
        long end = start + duration.toNanos();
        List<Callable<Long>> clients = new ArrayList<>();
        connections.forEach(connection -> clients.add(() -> insertUntil(connection, end)));
        long inserted = 0;
        for (Future<Long> client : threads.invokeAll(clients)) {
            inserted += client.get();
        }
        return inserted * 1e9 / (System.nanoTime() - start);
    }

    private static long insertUntil(Connection connection, long end) throws SQLException {
        long inserted = 0;
        try (PreparedStatement statement = connection.prepareStatement(INSERT)) {
            while (System.nanoTime() < end) {
                long number = NEXT.getAndIncrement();
                statement.setString(1, "items/" + number);
                statement.setString(2, HttpWrites.document(number));
                statement.executeUpdate();
                inserted++;
            }
        }
        return inserted;
    }

    @Override
    public void close() throws SQLException {
        threads.shutdownNow();
        for (Connection connection : connections) {
            connection.close();
        }
    }
}
