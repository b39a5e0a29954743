package io.rookery.server.linearizability;

import io.rookery.server.process.ServerProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** Reads that wait in the sockets of a frozen node, so that it meets them the moment it is thawed. */
final class EarlyReads implements AutoCloseable {
    private static final int PATIENCE_MILLIS = 30_000;

    private final List<Socket> sockets = new ArrayList<>();

    EarlyReads(ServerProcess node, String path, int count) {
        String request = "GET " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
        try {
            for (int i = 0; i < count; i++) {
                Socket socket = new Socket(
                        InetAddress.getLoopbackAddress(), node.settings().httpPort());
                sockets.add(socket);
                socket.setSoTimeout(PATIENCE_MILLIS);
                socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            }
        } catch (IOException e) {
            close();
            throw new UncheckedIOException("Node " + node.tag() + " took no connection", e);
        }
    }

    /** The bodies of those that were answered with 200. */
    List<String> answers() {
        return sockets.stream().map(EarlyReads::answer).filter(Objects::nonNull).toList();
    }

    private static String answer(Socket socket) {
        try {
            String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return answer.startsWith("HTTP/1.1 200") ? answer : null;
        } catch (IOException e) {
            throw new UncheckedIOException("A read was not answered", e);
        }
    }

    @Override
    public void close() {
        for (Socket socket : sockets) {
            try {
                socket.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
