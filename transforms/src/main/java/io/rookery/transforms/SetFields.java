package io.rookery.transforms;

import io.rookery.api.Change;
import io.rookery.api.ErrorCode;
import io.rookery.api.ExpressionEngine;
import io.rookery.api.Json;
import io.rookery.api.RookeryException;
import io.rookery.api.Scope;
import io.rookery.api.Setting;
import io.rookery.api.Transform;
import io.rookery.api.TransformFactory;
import io.rookery.api.Value;
import io.rookery.api.Values;
import java.util.ArrayList;
import java.util.List;

/**
 * {@code set: { total: "= doc.qty * doc.price", origin: shop }}: sets fields, making the objects on the way. All values
 * see the document as it was before the step; plain text is a constant. Nothing else in the document changes.
 */
final class SetFields implements Transform {
    private record Field(FieldPath path, Value value) {}

    private final List<Field> fields;

    private SetFields(List<Field> fields) {
        this.fields = fields;
    }

    @Override
    public List<Change> apply(Change change) {
        if (change.isDelete()) {
            return List.of(change);
        }
        Scope scope = Scope.of(change);
        Object body = change.document().value();
        for (Field field : fields) {
            Object value = field.value().evaluate(scope);
            body = edited(field, body, value, change);
        }
        return List.of(change.withDocument(Json.of(body)));
    }

    private static Object edited(Field field, Object body, Object value, Change change) {
        try {
            return field.path().edit(body, before -> value);
        } catch (RookeryException e) {
            throw new RookeryException(ErrorCode.CHANGE_REJECTED, change.id() + ": " + e.getMessage(), e);
        }
    }

    /** Found by ServiceLoader. */
    public static final class Factory implements TransformFactory {
        @Override
        public String kind() {
            return "set";
        }

        @Override
        public Transform create(Setting step, ExpressionEngine expressions) {
            Values values = new Values(expressions);
            List<Field> fields = new ArrayList<>();
            step.mapping()
                    .forEach((path, value) -> fields.add(
                            new Field(FieldPath.creating(path, value), values.compile(value, Values.Plain.CONSTANT))));
            return new SetFields(fields);
        }
    }
}
