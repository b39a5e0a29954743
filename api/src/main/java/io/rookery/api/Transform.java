package io.rookery.api;

import java.util.List;

/** A step of a task: a pure function of one change. Belongs to one thread at a time. */
@FunctionalInterface
public interface Transform {
    /**
     * Zero, one or many out for one in. Deletes pass through unless the transform says otherwise.
     *
     * @throws RookeryException CHANGE_REJECTED to have the change parked
     */
    List<Change> apply(Change change);
}
