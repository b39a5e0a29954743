package io.rookery.transforms;

import io.rookery.api.Change;
import io.rookery.api.ErrorCode;
import io.rookery.api.ExpressionEngine;
import io.rookery.api.RookeryException;
import io.rookery.api.Scope;
import io.rookery.api.Setting;
import io.rookery.api.Transform;
import io.rookery.api.TransformFactory;
import io.rookery.api.Value;
import java.util.List;

/** {@code filter: doc.tenant === 'EU'}: lets through what the JavaScript condition holds for, and every delete. */
final class Filter implements Transform {
    private final Value condition;

    private Filter(Value condition) {
        this.condition = condition;
    }

    @Override
    public List<Change> apply(Change change) {
        return change.isDelete() || Boolean.TRUE.equals(condition.evaluate(Scope.of(change)))
                ? List.of(change)
                : List.of();
    }

    /** Found by ServiceLoader. */
    public static final class Factory implements TransformFactory {
        @Override
        public String kind() {
            return "filter";
        }

        @Override
        public Transform create(Setting step, ExpressionEngine expressions) {
            String text = step.text().strip();
            String condition = text.startsWith("=") ? text.substring(1) : text;
            return new Filter(engine(expressions).compileCondition(condition, step));
        }
    }

    /** The engine that this module brings; a task has no other. */
    static JavaScriptEngine engine(ExpressionEngine expressions) {
        if (expressions instanceof JavaScriptEngine engine) {
            return engine;
        }
        throw new RookeryException(ErrorCode.INTERNAL, "Expected the JavaScript engine but found " + expressions);
    }
}
