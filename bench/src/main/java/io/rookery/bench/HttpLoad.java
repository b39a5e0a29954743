package io.rookery.bench;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * So many connections that each send the next request when the answer is there, all in one thread: the load costs as
 * little as it can, as it shares the machine with what is measured. Anything but a 2xx is a failure.
 */
final class HttpLoad {
    private static final Pattern LENGTH = Pattern.compile("(?i)\r\ncontent-length: *(\\d+)");
    private static final Pattern INDEX = Pattern.compile("(?i)\r\nraft-index: *(\\d+)");
    private static final int ROOM = 256 << 10;
    private static final long PATIENCE_MILLIS = 30_000;

    private final int port;
    private final int connections;
    private final Supplier<byte[]> requests;
    private Timings timings;
    private long done;
    private long firstIndex;
    private long lastIndex;

    /** @param requests whole ones, with their heads; see {@link #request} */
    HttpLoad(int port, int connections, Supplier<byte[]> requests) {
        this.port = port;
        this.connections = connections;
        this.requests = requests;
    }

    /** From now on each request's time is kept there. */
    void timed(Timings kept) {
        timings = kept;
    }

    static byte[] request(String method, String path, byte[] body) {
        String head = method + ' ' + path + " HTTP/1.1\r\nHost: bench\r\n"
                + (method.equals("GET")
                        ? ""
                        : "Content-Type: application/json\r\nContent-Length: " + body.length + "\r\n")
                + "\r\n";
        byte[] start = head.getBytes(StandardCharsets.ISO_8859_1);
        return ByteBuffer.allocate(start.length + body.length)
                .put(start)
                .put(body)
                .array();
    }

    /** One connection: what it still sends, what it has received of the answer. */
    private static final class Exchange {
        private final byte[] bytes = new byte[ROOM];
        private final ByteBuffer in = ByteBuffer.wrap(bytes);
        private ByteBuffer out;
        private int bodyEnd = -1;
        private long sent;
    }

    /** Answers a second. */
    double perSecond(Duration duration) throws IOException {
        done = 0;
        firstIndex = 0;
        try (Selector selector = Selector.open()) {
            for (int i = 0; i < connections; i++) {
                SocketChannel channel =
                        SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
                channel.setOption(java.net.StandardSocketOptions.TCP_NODELAY, true);
                channel.configureBlocking(false);
                channel.register(selector, SelectionKey.OP_READ, new Exchange());
            }
            try {
                return run(selector, duration);
            } finally {
                for (SelectionKey key : selector.keys()) {
                    key.channel().close();
                }
            }
        }
    }

    private double run(Selector selector, Duration duration) throws IOException {
        long start = System.nanoTime();
        long end = start + duration.toNanos();
        int busy = connections;
        for (SelectionKey key : selector.keys()) {
            send(key);
        }
        while (busy > 0) {
            if (selector.select(PATIENCE_MILLIS) == 0) {
                throw new IOException("No answer within " + PATIENCE_MILLIS + " ms at port " + port);
            }
            for (SelectionKey key : selector.selectedKeys()) {
                if (key.isWritable()) {
                    flush(key);
                } else if (received(key)) {
                    done++;
                    if (timings != null) {
                        timings.add(((Exchange) key.attachment()).sent, System.nanoTime());
                    }
                    if (System.nanoTime() < end) {
                        send(key);
                    } else {
                        busy--;
                    }
                }
            }
            selector.selectedKeys().clear();
        }
        return done * 1e9 / (System.nanoTime() - start);
    }

    private void send(SelectionKey key) throws IOException {
        Exchange exchange = (Exchange) key.attachment();
        exchange.out = ByteBuffer.wrap(requests.get());
        exchange.in.clear();
        exchange.bodyEnd = -1;
        exchange.sent = System.nanoTime();
        flush(key);
    }

    private static void flush(SelectionKey key) throws IOException {
        Exchange exchange = (Exchange) key.attachment();
        ((SocketChannel) key.channel()).write(exchange.out);
        key.interestOps(exchange.out.hasRemaining() ? SelectionKey.OP_WRITE : SelectionKey.OP_READ);
    }

    /** Whether the answer is there to its end. */
    private boolean received(SelectionKey key) throws IOException {
        Exchange exchange = (Exchange) key.attachment();
        if (((SocketChannel) key.channel()).read(exchange.in) < 0) {
            throw new IOException("Port " + port + " closed a connection");
        }
        if (exchange.bodyEnd < 0) {
            exchange.bodyEnd = bodyEnd(exchange.bytes, exchange.in.position());
        }
        return exchange.bodyEnd >= 0 && exchange.in.position() >= exchange.bodyEnd;
    }

    private int bodyEnd(byte[] bytes, int count) throws IOException {
        String head = new String(bytes, 0, Math.min(count, 1_024), StandardCharsets.ISO_8859_1);
        int end = head.indexOf("\r\n\r\n");
        if (end < 0) {
            return -1;
        }
        head = head.substring(0, end);
        if (head.charAt("HTTP/1.1 ".length()) != '2') {
            throw new IOException(new String(bytes, 0, count, StandardCharsets.UTF_8));
        }
        Matcher length = LENGTH.matcher(head);
        Matcher index = INDEX.matcher(head);
        if (index.find()) {
            lastIndex = Long.parseLong(index.group(1));
            firstIndex = firstIndex == 0 ? lastIndex : firstIndex;
        }
        return end + 4 + (length.find() ? Integer.parseInt(length.group(1)) : 0);
    }

    /** Answers of the last run for each log entry that they came from. */
    double answersAnEntry() {
        return (double) done / Math.max(1, lastIndex - firstIndex);
    }
}
