package io.rookery.transforms;

import io.rookery.api.Change;
import io.rookery.api.ExpressionEngine;
import io.rookery.api.Setting;
import io.rookery.api.Transform;
import io.rookery.api.TransformFactory;
import java.util.ArrayList;
import java.util.List;

/** {@code mask: { email: sha256, lines.card: last4 }}: hides personal data as {@link Mask} says, in the old body too. */
final class MaskFields implements Transform {
    private record Field(FieldPath path, Mask mask) {}

    private final List<Field> fields;

    private MaskFields(List<Field> fields) {
        this.fields = fields;
    }

    @Override
    public List<Change> apply(Change change) {
        return Bodies.edit(change, body -> {
            Object edited = body;
            for (Field field : fields) {
                edited = field.path().edit(edited, field.mask()::apply);
            }
            return edited;
        });
    }

    /** Found by ServiceLoader. */
    public static final class Factory implements TransformFactory {
        @Override
        public String kind() {
            return "mask";
        }

        @Override
        public Transform create(Setting step, ExpressionEngine expressions) {
            List<Field> fields = new ArrayList<>();
            step.mapping().forEach((path, mask) -> fields.add(new Field(FieldPath.of(path, mask), Mask.of(mask))));
            return new MaskFields(fields);
        }
    }
}
