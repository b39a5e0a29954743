package io.rookery.bench;

import io.rookery.server.http.HttpApi;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/** A node's HTTP server as a process of its own that answers every request with the same bytes. */
final class ConstantServer {
    private ConstantServer() {}

    /** {@code PORT BYTES}; says the port when it answers, and ends with its input. */
    public static void main(String[] args) throws Exception {
        byte[] body = new byte[Integer.parseInt(args[1])];
        Arrays.fill(body, (byte) 'x');
        HttpApi api = HttpApi.start(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(args[0])), new Constant(body));
        System.out.println(args[0]);
        while (System.in.read() >= 0) {
            // nothing is asked of it
        }
        api.close();
        System.exit(0);
    }

    /** Answers without looking. */
    private static final class Constant extends Handler.Abstract.NonBlocking {
        private final byte[] body;

        Constant(byte[] body) {
            this.body = body;
        }

        @Override
        public boolean handle(Request request, Response response, Callback callback) {
            response.setStatus(200);
            response.getHeaders().put(HttpHeader.CONTENT_TYPE, "application/json; charset=utf-8");
            response.getHeaders().put(HttpHeader.CONTENT_LENGTH, body.length);
            response.write(true, ByteBuffer.wrap(body), callback);
            return true;
        }
    }
}
