package io.rookery.server.cli;

import io.rookery.api.RookeryException;

/** How a failure reads on standard error: its code and its message, never a stack trace. */
final class Failure {
    private Failure() {}

    static String describe(Throwable failure) {
        if (failure instanceof ApiException api) {
            return api.code() + ": " + api.getMessage();
        }
        if (failure instanceof RookeryException known) {
            return known.code() + ": " + known.getMessage();
        }
        // not a message that was written for users: the type says more than nothing
        return "INTERNAL: " + failure;
    }
}
