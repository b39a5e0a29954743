package io.rookery.server.cli;

/** A request that did not succeed: refused by a node, or answered by none. */
final class ApiException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final ExitCode exitCode;
    private final String code;
    private final boolean notApplied;

    /**
     * @param code the node's word, one of {@link io.rookery.api.ErrorCode} unless the node is newer
     * @param notApplied whether it is certain that nothing has changed
     */
    ApiException(ExitCode exitCode, String code, String message, boolean notApplied) {
        super(message);
        this.exitCode = exitCode;
        this.code = code;
        this.notApplied = notApplied;
    }

    static ApiException unreachable(String message, boolean notApplied) {
        return new ApiException(ExitCode.UNREACHABLE, "UNREACHABLE", message, notApplied);
    }

    /** The same with another message, as one that names the user's file. */
    ApiException withMessage(String message) {
        ApiException same = new ApiException(exitCode, code, message, notApplied);
        same.initCause(this);
        return same;
    }

    ExitCode exitCode() {
        return exitCode;
    }

    String code() {
        return code;
    }

    boolean notApplied() {
        return notApplied;
    }

    /** Whether the same request may succeed later, or at another node. */
    boolean passing() {
        return exitCode == ExitCode.TRY_AGAIN || exitCode == ExitCode.UNREACHABLE;
    }
}
