package io.rookery.etl.task;

import io.rookery.api.ErrorCode;
import io.rookery.api.ExpressionEngine;
import io.rookery.api.Setting;
import io.rookery.api.Transform;
import io.rookery.api.TransformFactory;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.TreeMap;

/** Makes transforms from a task's {@code steps:}, with the factories that are on the classpath. */
public final class TaskSteps {
    private static final Set<String> LATER = Set.of("lookup", "jq", "validate", "groovy", "camel");

    private TaskSteps() {}

    /** @return the transforms in the order of the steps; they and the engine belong to one thread at a time */
    public static List<Transform> compile(List<Setting> steps, ExpressionEngine expressions) {
        Map<String, TransformFactory> factories = new HashMap<>();
        for (TransformFactory factory : ServiceLoader.load(TransformFactory.class)) {
            factories.put(factory.kind(), factory);
        }
        return steps.stream().map(step -> compile(step, factories, expressions)).toList();
    }

    private static Transform compile(
            Setting step, Map<String, TransformFactory> factories, ExpressionEngine expressions) {
        Map<String, Setting> keys = step.mapping();
        if (keys.size() != 1) {
            throw step.error("Expected one key a step but found "
                    + (keys.isEmpty() ? "nothing" : String.join(", ", keys.keySet())));
        }
        String kind = keys.keySet().iterator().next();
        Setting value = keys.get(kind);
        if (!factories.containsKey(kind)) {
            if (LATER.contains(kind)) {
                throw value.error(ErrorCode.NOT_SUPPORTED, "This version does not have the step '" + kind + "'");
            }
            step.only(new TreeMap<>(factories).keySet().toArray(String[]::new));
        }
        return factories.get(kind).create(value, expressions);
    }
}
