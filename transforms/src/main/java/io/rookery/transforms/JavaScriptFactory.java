package io.rookery.transforms;

import io.rookery.api.ExpressionEngine;

/** Opens {@link JavaScriptEngine}s; found by ServiceLoader. */
public final class JavaScriptFactory implements ExpressionEngine.Factory {
    @Override
    public ExpressionEngine open() {
        return new JavaScriptEngine();
    }
}
