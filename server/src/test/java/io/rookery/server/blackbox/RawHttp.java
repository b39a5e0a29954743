package io.rookery.server.blackbox;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** Sends bytes that no client would. */
public final class RawHttp {
    private static final int PATIENCE_MILLIS = 30_000;

    private RawHttp() {}

    /** @param head request line and headers, with {@code \n} for line ends; Host, Content-Length and Connection are added */
    public static Answer send(int port, String head, byte[] body) {
        ByteArrayOutputStream request = new ByteArrayOutputStream();
        request.writeBytes((head.replace("\n", "\r\n") + "\r\nHost: localhost\r\nConnection: close\r\nContent-Length: "
                        + body.length + "\r\n\r\n")
                .getBytes(StandardCharsets.ISO_8859_1));
        request.writeBytes(body);
        return exactly(port, request.toByteArray());
    }

    /** Sends these bytes and nothing else. */
    public static Answer exactly(int port, byte[] request) {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(PATIENCE_MILLIS);
            socket.getOutputStream().write(request);
            String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (answer.length() < 12) {
                return new Answer(0, Map.of(), "no answer but '" + answer + "'");
            }
            int bodyAt = answer.indexOf("\r\n\r\n");
            return new Answer(
                    Integer.parseInt(answer.substring(9, 12)),
                    Map.of(),
                    bodyAt < 0 ? "" : answer.substring(bodyAt + 4));
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "No answer to "
                            + new String(request, 0, Math.min(200, request.length), StandardCharsets.ISO_8859_1),
                    e);
        }
    }
}
