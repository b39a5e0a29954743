package io.rookery.transforms;

import io.rookery.api.Change;
import io.rookery.api.ErrorCode;
import io.rookery.api.ExpressionEngine;
import io.rookery.api.Json;
import io.rookery.api.Operation;
import io.rookery.api.RookeryException;
import io.rookery.api.Setting;
import io.rookery.api.Transform;
import io.rookery.api.TransformFactory;
import java.util.ServiceLoader;
import org.assertj.core.api.Assertions;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.assertj.core.api.ThrowableAssertAlternative;

/** What the tests of the steps share; steps are found as a task finds them. */
final class Steps {
    private Steps() {}

    static Transform step(ExpressionEngine engine, String kind, Object setting) {
        return ServiceLoader.load(TransformFactory.class).stream()
                .map(ServiceLoader.Provider::get)
                .filter(factory -> factory.kind().equals(kind))
                .findFirst()
                .orElseThrow()
                .create(Setting.of(setting), engine);
    }

    static Change change(String body) {
        return new Change(7, Operation.INSERT, "orders/1", "Orders", 0, Json.parse(body), null, null);
    }

    static Change update(String before, String body) {
        return new Change(7, Operation.UPDATE, "orders/1", "Orders", 0, Json.parse(body), Json.parse(before), null);
    }

    static Change delete(String before) {
        return new Change(8, Operation.DELETE, "orders/1", "Orders", 0, null, Json.parse(before), null);
    }

    static ThrowableAssertAlternative<RookeryException> refused(ErrorCode code, ThrowingCallable call) {
        return Assertions.assertThatExceptionOfType(RookeryException.class)
                .isThrownBy(call)
                .matches(e -> e.code() == code, "has the code " + code);
    }
}
