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
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.graalvm.polyglot.Value;
import org.graalvm.polyglot.proxy.ProxyExecutable;

/**
 * {@code script: |} as RavenDB has it: {@code this} is the document, {@code loadToOrders({...})} or
 * {@code loadTo('Orders', {...})} sends an object, as often as it is called; {@code id(this)} is the document's id. What
 * a script does not load is not sent. A delete passes through and runs no script.
 */
final class Script implements Transform {
    private static final Pattern LOAD_TO = Pattern.compile("\\bloadTo(\\w+)\\s*\\(");

    private final JavaScriptEngine engine;
    private final JavaScriptFunction function;
    private final List<Object> hostFunctions = new ArrayList<>();
    private final List<Change> loaded = new ArrayList<>();
    private Change current;

    private Script(Setting step, JavaScriptEngine engine) {
        this.engine = engine;
        Set<String> targets = new LinkedHashSet<>();
        for (Matcher matcher = LOAD_TO.matcher(step.text()); matcher.find(); ) {
            targets.add(matcher.group(1));
        }
        List<String> names = new ArrayList<>(List.of("id", "load", "loadTo"));
        hostFunctions.add((ProxyExecutable) this::id);
        hostFunctions.add((ProxyExecutable) this::refuseLoad);
        hostFunctions.add((ProxyExecutable) arguments -> load(text(arguments), arguments, 1));
        for (String target : targets) {
            names.add("loadTo" + target);
            hostFunctions.add((ProxyExecutable) arguments -> load(target, arguments, 0));
        }
        function = JavaScriptFunction.script(step.text(), step, names);
        engine.check(function);
    }

    @Override
    public List<Change> apply(Change change) {
        if (change.isDelete()) {
            return List.of(change);
        }
        current = change;
        loaded.clear();
        engine.run(function, Scope.of(change), hostFunctions, result -> null);
        return List.copyOf(loaded);
    }

    private Object id(Value... arguments) {
        boolean document = arguments.length == 1
                && arguments[0].isProxyObject()
                && arguments[0].asProxyObject() instanceof ScriptObject object
                && object.original() == current.document().value();
        return document ? current.id() : null;
    }

    private Object refuseLoad(Value... arguments) {
        throw new RookeryException(
                ErrorCode.NOT_SUPPORTED,
                "load(id) is not supported: a change must give the same result whenever it is delivered; use 'copy:' or"
                        + " 'embed:' in the task that writes the document");
    }

    private static String text(Value... arguments) {
        return arguments.length > 0 && arguments[0].isString() ? arguments[0].asString() : "";
    }

    private Object load(String target, Value[] arguments, int at) {
        Object body = arguments.length > at ? new Marshalling().toJava(arguments[at]) : null;
        if (target.isEmpty() || !(body instanceof Map)) {
            throw new RookeryException(
                    ErrorCode.CHANGE_REJECTED,
                    "Expected loadTo" + target + " to be given an object but found " + Json.kind(body));
        }
        loaded.add(current.loadedTo(target, Json.of(body)));
        return null;
    }

    /** Found by ServiceLoader. */
    public static final class Factory implements TransformFactory {
        @Override
        public String kind() {
            return "script";
        }

        @Override
        public Transform create(Setting step, ExpressionEngine expressions) {
            return new Script(step, Filter.engine(expressions));
        }
    }
}
