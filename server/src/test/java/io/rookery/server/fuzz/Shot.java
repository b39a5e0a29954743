package io.rookery.server.fuzz;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayOutputStream;

/**
 * A request as the bytes that are sent.
 *
 * @param what is bad about it
 */
record Shot(String what, byte[] bytes) {
    /** With {@code Host} and {@code Content-Length}; more headers as lines, each with its line end. */
    static Shot of(String what, String line, String headers, byte[] body) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes((line + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n" + headers + "Content-Length: "
                        + body.length + "\r\n\r\n")
                .getBytes(ISO_8859_1));
        out.writeBytes(body);
        return new Shot(what, out.toByteArray());
    }

    @Override
    public String toString() {
        String text = new String(bytes, ISO_8859_1);
        return what + ": " + (text.length() > 300 ? text.substring(0, 300) + "…" : text);
    }
}
