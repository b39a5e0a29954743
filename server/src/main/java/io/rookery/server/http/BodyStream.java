package io.rookery.server.http;

import java.util.concurrent.CompletableFuture;

/** A body of unknown length: asked for the next piece when the last one was written, so a slow reader slows it down. */
interface BodyStream {
    /** A piece of a body; {@code last} ends it. */
    record Piece(byte[] bytes, boolean last) {}

    CompletableFuture<Piece> next();

    /** The reader is gone, or the last piece was written. Called once. */
    void closed();
}
