package io.rookery.api;

import java.util.ServiceLoader;

/**
 * Compiles expressions ({@code = doc.qty * doc.price}); they see {@code doc}, the system fields, nothing of the host.
 * An engine and what it compiled belong to one thread at a time.
 */
public interface ExpressionEngine extends AutoCloseable {
    /** @throws RookeryException BAD_SCRIPT with the place of {@code where} */
    Value compile(String source, Setting where);

    @Override
    void close();

    /** Found by ServiceLoader. */
    interface Factory {
        ExpressionEngine open();
    }

    /** Opens the engine that is on the classpath. */
    static ExpressionEngine open() {
        return ServiceLoader.load(Factory.class)
                .findFirst()
                .orElseThrow(() -> new RookeryException(ErrorCode.INTERNAL, "No expression engine on the classpath"))
                .open();
    }
}
