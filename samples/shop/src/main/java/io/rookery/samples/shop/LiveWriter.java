package io.rookery.samples.shop;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.locks.LockSupport;

/** A {@link ShopWriter} on a thread and a connection of its own, evenly paced; stopped and started by another thread. */
final class LiveWriter implements AutoCloseable {
    private final Connection connection;
    private final ShopWriter writer;
    private final long pauseNanos;
    private Thread thread;
    private volatile boolean stopped;
    private volatile SQLException failure;

    /** Takes the connection and closes it at the end. */
    LiveWriter(Connection connection, RunOptions options) throws SQLException {
        this.connection = connection;
        this.writer = new ShopWriter(connection, new ShopGenerator(options.scale()), options.seed());
        this.pauseNanos = 1_000_000_000L / options.perSecond();
    }

    void start() {
        stopped = false;
        thread = new Thread(this::write, "shop-writer");
        thread.setDaemon(true);
        thread.start();
    }

    private void write() {
        long start = System.nanoTime();
        try {
            for (long step = 0; !stopped; step++) {
                LockSupport.parkNanos(start + step * pauseNanos - System.nanoTime());
                writer.step();
            }
        } catch (SQLException e) {
            failure = e;
        }
    }

    long steps() {
        return writer.steps();
    }

    long rows() {
        return writer.rows();
    }

    /** Returns when the last transaction is committed. @throws SQLException what ended it early */
    void stop() throws SQLException {
        stopped = true;
        try {
            thread.join(30_000);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted", e);
        }
        if (failure != null) {
            throw failure;
        }
    }

    @Override
    public void close() throws SQLException {
        stopped = true;
        connection.close();
    }
}
