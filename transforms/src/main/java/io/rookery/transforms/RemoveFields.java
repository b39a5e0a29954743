package io.rookery.transforms;

import io.rookery.api.Change;
import io.rookery.api.ExpressionEngine;
import io.rookery.api.Setting;
import io.rookery.api.Transform;
import io.rookery.api.TransformFactory;
import java.util.List;

/** {@code remove: [secret, lines.note]}: removes fields, also from every element of an array, also from the old body. */
final class RemoveFields implements Transform {
    private final List<FieldPath> paths;

    private RemoveFields(List<FieldPath> paths) {
        this.paths = paths;
    }

    @Override
    public List<Change> apply(Change change) {
        return Bodies.edit(change, this::remove);
    }

    private Object remove(Object body) {
        Object edited = body;
        for (FieldPath path : paths) {
            edited = path.edit(edited, value -> FieldPath.ABSENT);
        }
        return edited;
    }

    /** Found by ServiceLoader. */
    public static final class Factory implements TransformFactory {
        @Override
        public String kind() {
            return "remove";
        }

        @Override
        public Transform create(Setting step, ExpressionEngine expressions) {
            return new RemoveFields(step.oneOrMany().stream()
                    .map(path -> FieldPath.of(path.text(), path))
                    .toList());
        }
    }
}
