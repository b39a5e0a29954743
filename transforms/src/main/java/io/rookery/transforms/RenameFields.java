package io.rookery.transforms;

import io.rookery.api.Change;
import io.rookery.api.ExpressionEngine;
import io.rookery.api.Setting;
import io.rookery.api.Transform;
import io.rookery.api.TransformFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * {@code rename: { cust_nm: name, lines.q: qty, city: address.city }}: a plain name stays in its object and at its
 * place, in every element of an array too; a path moves the value there from the top of the document. What is missing
 * stays missing; what is in the way is replaced. The old body is renamed alike.
 */
final class RenameFields implements Transform {
    private final List<UnaryOperator<Object>> renames;

    private RenameFields(List<UnaryOperator<Object>> renames) {
        this.renames = renames;
    }

    @Override
    public List<Change> apply(Change change) {
        return Bodies.edit(change, body -> {
            Object edited = body;
            for (UnaryOperator<Object> rename : renames) {
                edited = rename.apply(edited);
            }
            return edited;
        });
    }

    private static UnaryOperator<Object> rename(FieldPath from, Setting to) {
        FieldPath target = FieldPath.creating(to.text(), to);
        return target.isNested() ? body -> move(from, target, body) : body -> from.rename(body, target.last());
    }

    private static Object move(FieldPath from, FieldPath target, Object body) {
        List<Object> taken = new ArrayList<>();
        Object rest = from.edit(body, value -> {
            taken.add(value);
            return FieldPath.ABSENT;
        });
        if (taken.isEmpty()) {
            return body;
        }
        Object moved = taken.size() == 1 ? taken.get(0) : taken; // out of an array: all of them
        return target.edit(rest, before -> moved);
    }

    /** Found by ServiceLoader. */
    public static final class Factory implements TransformFactory {
        @Override
        public String kind() {
            return "rename";
        }

        @Override
        public Transform create(Setting step, ExpressionEngine expressions) {
            List<UnaryOperator<Object>> renames = new ArrayList<>();
            step.mapping().forEach((from, to) -> renames.add(rename(FieldPath.of(from, to), to)));
            return new RenameFields(renames);
        }
    }
}
