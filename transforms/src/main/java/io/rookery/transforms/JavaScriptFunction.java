package io.rookery.transforms;

import io.rookery.api.Change;
import io.rookery.api.ErrorCode;
import io.rookery.api.Json;
import io.rookery.api.RookeryException;
import io.rookery.api.Scope;
import io.rookery.api.Setting;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.graalvm.polyglot.Context;
import org.graalvm.polyglot.PolyglotException;
import org.graalvm.polyglot.Source;
import org.graalvm.polyglot.SourceSection;
import org.graalvm.polyglot.Value;

/**
 * A user's JavaScript as a function of a change, and its errors in the user's terms: place in the YAML, line within the
 * script, document. Belongs to one engine.
 */
final class JavaScriptFunction {
    private static final List<String> PARAMETERS =
            List.of("doc", "$id", "$op", "$old", "$seq", "$ts", "$collection", "$item");

    private final Setting where;
    private final Source source;
    private final boolean[] used = new boolean[PARAMETERS.size()];
    private Value function;
    private long madeIn = -1;

    private JavaScriptFunction(String text, Setting where, String head, String tail) {
        this.where = where;
        this.source = Source.newBuilder("js", head + text + tail, "script").buildLiteral();
        for (int i = 0; i < used.length; i++) {
            used[i] = text.contains(PARAMETERS.get(i)); // what is not named is not worth making
        }
    }

    static JavaScriptFunction expression(String text, Setting where) {
        return new JavaScriptFunction(required(text, where), where, head(List.of()) + "return (", "\n); })");
    }

    static JavaScriptFunction condition(String text, Setting where) {
        return new JavaScriptFunction(required(text, where), where, head(List.of()) + "return !!(", "\n); })");
    }

    /** Statements with {@code this} as the document, and functions of the host as further parameters. */
    static JavaScriptFunction script(String text, Setting where, List<String> more) {
        String head = head(more) + "return (function () {";
        JavaScriptFunction script = new JavaScriptFunction(required(text, where), where, head, "\n}).call(doc); })");
        script.used[0] = true;
        return script;
    }

    private static String required(String text, Setting where) {
        if (text.isBlank()) {
            throw where.error(ErrorCode.BAD_SCRIPT, "Expected JavaScript but found nothing");
        }
        return text;
    }

    /** All on the script's first line, so that lines count as the user wrote them. */
    private static String head(List<String> more) {
        List<String> names = new ArrayList<>(PARAMETERS);
        names.addAll(more);
        return "(function (" + String.join(", ", names) + ") { 'use strict'; ";
    }

    Source source() {
        return source;
    }

    /** The function in this context; made once for each. */
    Value in(Context context, long generation) {
        if (madeIn != generation) {
            function = context.eval(source);
            madeIn = generation;
        }
        return function;
    }

    Object[] arguments(Scope scope, List<Object> more) {
        Change change = scope.change();
        Object[] arguments = new Object[PARAMETERS.size() + more.size()];
        arguments[0] = used[0] ? body(change.document()) : null;
        arguments[1] = change.id();
        arguments[2] = change.operation().label();
        arguments[3] = used[3] ? body(change.before()) : null;
        arguments[4] = change.sequence();
        arguments[5] = used[5] ? Instant.ofEpochMilli(change.timestamp()).toString() : null;
        arguments[6] = change.collection();
        arguments[7] = used[7] ? Marshalling.toScript(scope.item()) : null;
        for (int i = 0; i < more.size(); i++) {
            arguments[PARAMETERS.size() + i] = more.get(i);
        }
        return arguments;
    }

    private static Object body(Json json) {
        return json == null ? null : Marshalling.toScript(json.value());
    }

    RookeryException malformed(PolyglotException e) {
        String message = e.getMessage().lines().findFirst().orElse("").replaceFirst("script:\\d+:\\d+ ", "");
        return new RookeryException(ErrorCode.BAD_SCRIPT, where.place() + message + line(e), e);
    }

    RookeryException failed(PolyglotException e, Change change) {
        if (e.isResourceExhausted()) {
            return rejected(
                    change, "Expected at most " + Sandbox.STATEMENTS + " statements but the script needs more", e);
        }
        if (e.isCancelled()) {
            return tookTooLong(change);
        }
        Throwable cause = e.isHostException() ? e.asHostException() : e;
        return rejected(change, cause.getMessage() + line(e), e);
    }

    /** What the script gave cannot be taken. */
    RookeryException failed(RookeryException e, Change change) {
        return rejected(change, e.getMessage(), e);
    }

    RookeryException tookTooLong(Change change) {
        return rejected(
                change, "Expected a script that ends within " + Watchdog.CPU_MILLIS + " ms but it did not end", null);
    }

    private RookeryException rejected(Change change, String message, Throwable cause) {
        return new RookeryException(ErrorCode.CHANGE_REJECTED, where.place() + change.id() + ": " + message, cause);
    }

    private static String line(PolyglotException e) {
        SourceSection place = e.getSourceLocation();
        for (PolyglotException.StackFrame frame : e.getPolyglotStackTrace()) {
            if (place != null) {
                break;
            }
            place = frame.getSourceLocation();
        }
        return place == null ? "" : " (line " + place.getStartLine() + " of the script)";
    }
}
