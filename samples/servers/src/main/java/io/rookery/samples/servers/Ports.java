package io.rookery.samples.servers;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;

/** Free ports of the loopback interface. */
public final class Ports {
    private Ports() {}

    /** A port that was free just now; below the range from which the system gives ports to outgoing connections. */
    public static int free() {
        for (int attempt = 0; attempt < 200; attempt++) {
            int port = 10_000 + java.util.concurrent.ThreadLocalRandom.current().nextInt(20_000);
            try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
                return socket.getLocalPort();
            } catch (IOException e) {
                // taken: the next one
            }
        }
        throw new UncheckedIOException(new IOException("Found no free port from 10000 to 30000"));
    }
}
