package io.rookery.server.http;

import java.util.concurrent.CompletableFuture;

/** Answers the requests of one route. A throw and a failed future are both an error's answer. */
@FunctionalInterface
interface Resource {
    CompletableFuture<Reply> answer(Ask ask);

    /** For what is known at once. */
    interface Immediate {
        Reply answer(Ask ask);
    }

    static Resource now(Immediate immediate) {
        return ask -> CompletableFuture.completedFuture(immediate.answer(ask));
    }
}
