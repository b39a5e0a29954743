package io.rookery.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rookery.samples.servers.Ports;
import io.rookery.server.http.HttpApi;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.junit.jupiter.api.Test;

/** The load that measures HTTP, against a node's own HTTP server. */
final class HttpLoadTest {
    private final int port = Ports.free();

    /** Counts, and answers with the next log index. */
    private static final class Answering extends Handler.Abstract.NonBlocking {
        private final AtomicInteger requests = new AtomicInteger();
        private final int status;

        Answering(int status) {
            this.status = status;
        }

        @Override
        public boolean handle(Request request, Response response, Callback callback) {
            response.setStatus(status);
            response.getHeaders().put("Raft-Index", String.valueOf(100 + requests.getAndIncrement() / 4));
            response.getHeaders().put(HttpHeader.CONTENT_LENGTH, 70_000);
            response.write(true, ByteBuffer.allocate(70_000), callback);
            return true;
        }
    }

    private HttpApi server(Handler handler) throws Exception {
        return HttpApi.start(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), handler);
    }

    private HttpLoad load() {
        byte[] body = "{}".getBytes(StandardCharsets.UTF_8);
        return new HttpLoad(port, 4, () -> HttpLoad.request("PUT", "/x", body));
    }

    @Test
    void shouldCountEveryAnswerAndTheEntriesThatTheyCameFrom() throws Exception {
        Answering handler = new Answering(201);
        HttpApi api = server(handler);
        try {
            HttpLoad load = load();
            Duration duration = Duration.ofMillis(300);
            long start = System.nanoTime();
            double rate = load.perSecond(duration);
            double most = (System.nanoTime() - start) / 1e9;

            assertThat(rate * duration.toMillis() / 1_000).isLessThanOrEqualTo(handler.requests.get() + 0.5);
            assertThat(rate * most).isGreaterThanOrEqualTo(handler.requests.get() - 0.5);
            assertThat(load.answersAnEntry()).isGreaterThanOrEqualTo(4);
        } finally {
            api.close();
        }
    }

    @Test
    void shouldFailWhenAnAnswerIsARefusal() throws Exception {
        HttpApi api = server(new Answering(503));
        try {
            assertThatThrownBy(() -> load().perSecond(Duration.ofSeconds(20))).isInstanceOf(IOException.class);
        } finally {
            api.close();
        }
    }
}
