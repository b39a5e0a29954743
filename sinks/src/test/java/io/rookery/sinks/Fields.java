package io.rookery.sinks;

import io.rookery.api.ExpressionEngine;
import io.rookery.api.Setting;
import io.rookery.api.Value;
import io.rookery.api.Values;
import java.math.BigDecimal;

/** Expressions of one kind, {@code path * path}: enough to test what a sink does with a computed value. */
public final class Fields implements ExpressionEngine {
    @Override
    public Value compile(String source, Setting where) {
        String[] factors = source.split("\\*");
        Value left = Values.path(where, factors[0].trim());
        Value right = Values.path(where, factors[1].trim());
        return scope -> new BigDecimal(left.evaluate(scope).toString())
                .multiply(new BigDecimal(right.evaluate(scope).toString()));
    }

    @Override
    public void close() {}
}
