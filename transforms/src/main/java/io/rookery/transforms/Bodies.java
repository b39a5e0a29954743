package io.rookery.transforms;

import io.rookery.api.Change;
import io.rookery.api.Json;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * An edit of both bodies of a change, the one after and the one before it: what a step hides or renames must not come
 * back through a sink that sends {@code before}, nor with a delete.
 */
final class Bodies {
    private Bodies() {}

    static List<Change> edit(Change change, UnaryOperator<Object> edit) {
        return List.of(new Change(
                change.sequence(),
                change.operation(),
                change.id(),
                change.collection(),
                change.timestamp(),
                edit(change.document(), edit),
                edit(change.before(), edit),
                change.target()));
    }

    private static Json edit(Json body, UnaryOperator<Object> edit) {
        if (body == null) {
            return null;
        }
        Object edited = edit.apply(body.value());
        return edited == body.value() ? body : Json.of(edited);
    }
}
