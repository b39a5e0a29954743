package io.rookery.api;

/** Every code that a user can meet. The type decides the HTTP status and whether the task runner retries. */
public enum ErrorCode {
    BAD_REQUEST(Type.USER),
    BAD_JSON(Type.USER),
    BAD_ID(Type.USER),
    BAD_TASK(Type.USER),
    BAD_CONNECTION(Type.USER),
    BAD_CONFIGURATION(Type.USER),
    BAD_SCRIPT(Type.USER),
    TOO_LARGE(Type.USER),
    /** A transaction whose documents are in different shards of its database. */
    CROSS_SHARD(Type.USER),
    NOT_FOUND(Type.MISSING),
    DATABASE_MISSING(Type.MISSING),
    GONE(Type.GONE),
    NOT_SUPPORTED(Type.UNSUPPORTED),
    CONFLICT(Type.CONFLICT),
    ALREADY_EXISTS(Type.CONFLICT),
    FENCED(Type.CONFLICT),
    OVERLOADED(Type.OVERLOADED),
    NO_LEADER(Type.UNAVAILABLE),
    UNAVAILABLE(Type.UNAVAILABLE),
    TIMEOUT(Type.UNAVAILABLE),
    /** Part of a shard has just become another one, and the node that was asked did not know it in time: nothing was done. */
    SLOTS_MOVED(Type.UNAVAILABLE),
    DISK_FULL(Type.DISK_FULL),
    SOURCE_UNREACHABLE(Type.EXTERNAL),
    SOURCE_REFUSED(Type.EXTERNAL),
    SOURCE_POSITION_LOST(Type.EXTERNAL),
    SINK_UNREACHABLE(Type.EXTERNAL),
    SINK_REFUSED(Type.EXTERNAL),
    CHANGE_REJECTED(Type.EXTERNAL),
    /** A write that is done but not on as many replicas as was asked for; no other code says that it took effect. */
    NOT_ASSURED(Type.UNASSURED),
    /** What is stored on one node is damaged: another node has it, and a repair gets it from there. */
    CORRUPT(Type.INTERNAL),
    INTERNAL(Type.INTERNAL);

    /** Who has to act, and with it the HTTP status and whether trying again can help. */
    public enum Type {
        USER(400, false),
        MISSING(404, false),
        CONFLICT(409, false),
        GONE(410, false),
        OVERLOADED(429, true),
        UNSUPPORTED(501, false),
        UNAVAILABLE(503, true),
        DISK_FULL(507, true),
        EXTERNAL(502, true),
        /** 500, for a gateway's 502 to 504 have clients send a write again that is done. */
        UNASSURED(500, false),
        INTERNAL(500, false);

        private final int httpStatus;
        private final boolean retryable;

        Type(int httpStatus, boolean retryable) {
            this.httpStatus = httpStatus;
            this.retryable = retryable;
        }

        public int httpStatus() {
            return httpStatus;
        }

        public boolean retryable() {
            return retryable;
        }
    }

    private final Type type;

    ErrorCode(Type type) {
        this.type = type;
    }

    public Type type() {
        return type;
    }

    /** HTTP status of this code; 413 for what is too large, else that of its type. */
    public int httpStatus() {
        return this == TOO_LARGE ? 413 : type.httpStatus;
    }
}
