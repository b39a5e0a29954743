package io.rookery.server.http;

import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicBoolean;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/** Writes a body stream: the next piece is asked for when the last one is out. */
final class StreamWriter {
    private final Response response;
    private final BodyStream stream;
    private final Callback callback;
    private final AtomicBoolean closed = new AtomicBoolean();

    StreamWriter(Response response, BodyStream stream, Callback callback) {
        this.response = response;
        this.stream = stream;
        this.callback = callback;
    }

    void start() {
        response.getRequest().addFailureListener(this::end);
        next();
    }

    private void next() {
        stream.next().whenComplete((piece, failure) -> {
            if (failure != null) {
                end(failure);
            } else {
                write(piece);
            }
        });
    }

    private void write(BodyStream.Piece piece) {
        response.write(
                piece.last(),
                ByteBuffer.wrap(piece.bytes()),
                Callback.from(
                        () -> {
                            if (piece.last()) {
                                end(null);
                            } else {
                                next();
                            }
                        },
                        this::end));
    }

    private void end(Throwable failure) {
        if (closed.compareAndSet(false, true)) {
            stream.closed();
            if (failure == null) {
                callback.succeeded();
            } else {
                callback.failed(failure);
            }
        }
    }
}
