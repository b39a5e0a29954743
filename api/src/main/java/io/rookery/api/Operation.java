package io.rookery.api;

/** What a change did to its document. */
public enum Operation {
    INSERT,
    UPDATE,
    DELETE;

    /** Lower case, as {@code $op} and the feed show it. */
    public String label() {
        return switch (this) {
            case INSERT -> "insert";
            case UPDATE -> "update";
            case DELETE -> "delete";
        };
    }
}
