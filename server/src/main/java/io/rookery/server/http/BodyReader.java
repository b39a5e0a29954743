package io.rookery.server.http;

import io.rookery.api.ErrorCode;
import io.rookery.api.RookeryException;
import java.io.ByteArrayOutputStream;
import java.util.concurrent.CompletableFuture;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.util.BufferUtil;

/** Reads a request's body as it comes, up to a limit, without a thread that waits. */
final class BodyReader {
    /** Bytes beyond the limit that are still waited for. */
    static final int MOST_DROPPED = 64 << 20;

    private final Request request;
    private final int limit;
    private final CompletableFuture<byte[]> body = new CompletableFuture<>();
    private ByteArrayOutputStream bytes = new ByteArrayOutputStream(1024);
    private long read;

    private BodyReader(Request request, int limit) {
        this.request = request;
        this.limit = limit;
    }

    /**
     * Fails with TOO_LARGE when more than {@code limit} bytes came, BAD_REQUEST when the body breaks off. What is too much
     * is read and dropped, within bounds: a client that still sends sees a reset connection and not the answer.
     */
    static CompletableFuture<byte[]> read(Request request, int limit) {
        BodyReader reader = new BodyReader(request, limit);
        reader.readAvailable();
        return reader.body;
    }

    private void readAvailable() {
        while (true) {
            Content.Chunk chunk = request.read();
            if (chunk == null) {
                request.demand(this::readAvailable);
                return;
            }
            if (Content.Chunk.isFailure(chunk)) {
                body.completeExceptionally(new RookeryException(
                        ErrorCode.BAD_REQUEST, "The request's body broke off", chunk.getFailure()));
                return;
            }
            take(chunk);
            if (read > (long) limit + MOST_DROPPED || (read > limit && chunk.isLast())) {
                body.completeExceptionally(ApiHandler.tooLarge());
                return;
            }
            if (chunk.isLast()) {
                body.complete(bytes.toByteArray());
                return;
            }
        }
    }

    private void take(Content.Chunk chunk) {
        read += chunk.remaining();
        if (read <= limit) {
            bytes.writeBytes(BufferUtil.toArray(chunk.getByteBuffer()));
        } else {
            bytes = new ByteArrayOutputStream(0);
        }
        chunk.release();
    }
}
