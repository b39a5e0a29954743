package io.rookery.transforms;

import io.rookery.api.ErrorCode;
import io.rookery.api.ExpressionEngine;
import io.rookery.api.RookeryException;
import io.rookery.api.Scope;
import io.rookery.api.Setting;
import io.rookery.api.Value;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.graalvm.polyglot.Context;
import org.graalvm.polyglot.PolyglotException;

/**
 * Runs JavaScript in one sandboxed context that all its functions share. Each evaluation has
 * {@value Sandbox#STATEMENTS} statements and {@value Watchdog#CPU_MILLIS} ms of its thread's CPU time; what takes more
 * is stopped and rejected, and the next evaluation gets a new context.
 *
 * <p>Belongs to one thread at a time; only the {@link Watchdog} looks in from outside. Numbers are JavaScript's: what
 * a script computes is a double; what it only passes on keeps every digit as long as it travels inside its object.
 */
final class JavaScriptEngine implements ExpressionEngine {
    private static final long IDLE = 0;
    private static final long KILLED = -1;

    private final AtomicLong running = new AtomicLong(IDLE);
    private volatile Context context;
    private volatile long threadId;
    private long evaluations;
    private long generation;
    private boolean closed;

    JavaScriptEngine() {
        Watchdog.watch(this);
    }

    @Override
    public Value compile(String source, Setting where) {
        return compile(JavaScriptFunction.expression(source, where), result -> new Marshalling().toJava(result));
    }

    /** A condition, by JavaScript's truth: {@code ''}, 0, null and undefined are false. */
    Value compileCondition(String source, Setting where) {
        return compile(JavaScriptFunction.condition(source, where), org.graalvm.polyglot.Value::asBoolean);
    }

    private Value compile(JavaScriptFunction function, Function<org.graalvm.polyglot.Value, Object> result) {
        check(function);
        return scope -> run(function, scope, List.of(), result);
    }

    /** Compiles for the errors' sake; the function is made at its first call. */
    void check(JavaScriptFunction function) {
        try {
            open().parse(function.source());
        } catch (PolyglotException e) {
            throw function.malformed(e);
        }
    }

    /** Calls a function under the limits; {@code result} runs under them too. */
    <T> T run(
            JavaScriptFunction function,
            Scope scope,
            List<Object> more,
            Function<org.graalvm.polyglot.Value, T> result) {
        Context current = open();
        threadId = Thread.currentThread().getId();
        long evaluation = ++evaluations;
        running.set(evaluation);
        try {
            current.resetLimits();
            return result.apply(function.in(current, generation).execute(function.arguments(scope, more)));
        } catch (PolyglotException e) {
            if (e.isCancelled() || e.isResourceExhausted()) {
                discard();
            }
            throw function.failed(e, scope.change());
        } catch (RookeryException e) {
            throw function.failed(e, scope.change());
        } catch (IllegalStateException e) { // the watchdog closed the context between two of its calls
            if (running.get() != KILLED) {
                throw e;
            }
            throw function.tookTooLong(scope.change());
        } finally {
            if (!running.compareAndSet(evaluation, IDLE)) {
                discard();
                running.set(IDLE);
            }
        }
    }

    private Context open() {
        if (closed) {
            throw new RookeryException(ErrorCode.INTERNAL, "Expected an open expression engine but it was closed");
        }
        if (context == null) {
            context = Sandbox.open();
            generation++;
        }
        return context;
    }

    private void discard() {
        Context dead = context;
        context = null;
        if (dead != null) {
            dead.close(true);
        }
    }

    /** For the watchdog: the evaluation under way; 0 or less when there is none. */
    long evaluation() {
        return running.get();
    }

    long threadId() {
        return threadId;
    }

    /** For the watchdog: stops this evaluation, and none that began after it. */
    void kill(long evaluation) {
        Context current = context;
        if (current != null && running.compareAndSet(evaluation, KILLED)) {
            current.close(true);
        }
    }

    @Override
    public void close() {
        closed = true;
        Watchdog.forget(this);
        discard();
    }
}
