package io.rookery.etl.mirror;

import io.rookery.api.ErrorCode;
import io.rookery.api.RookeryException;

/** One task's error policy says that it stops here; the other tasks of its source go on. */
final class TaskStopped extends RookeryException {
    private static final long serialVersionUID = 1L;

    private final String task;

    TaskStopped(String task, String message) {
        super(ErrorCode.CHANGE_REJECTED, message);
        this.task = task;
    }

    String task() {
        return task;
    }
}
