package io.rookery.bench;

import io.rookery.api.Json;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A line of the table.
 *
 * @param reference what the value is compared to, in the same unit; null when there is nothing
 * @param target which is to be reached: by the ratio when there is one, else by the value; null when there is none
 * @param atMost whether less is better, as of seconds and bytes
 */
record Result(String measure, double value, String unit, Double reference, Double target, boolean atMost) {
    static Result of(String measure, double value, String unit) {
        return new Result(measure, value, unit, null, null, false);
    }

    static Result atMost(String measure, double value, String unit, double target) {
        return new Result(measure, value, unit, null, target, true);
    }

    Result against(double other, Double wanted) {
        return new Result(measure, value, unit, other, wanted, atMost);
    }

    /** Value to reference; null without one. */
    Double ratio() {
        return reference == null ? null : value / reference;
    }

    /** Null without a target. */
    Boolean met() {
        if (target == null) {
            return null;
        }
        double reached = reference == null ? value : ratio();
        return atMost ? reached <= target : reached >= target;
    }

    Json json() {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("measure", measure);
        fields.put("value", round(value));
        fields.put("unit", unit);
        fields.put("reference", round(reference));
        fields.put("ratio", round(ratio()));
        fields.put("target", target);
        fields.put("met", met());
        return Json.of(fields);
    }

    private static Double round(Double number) {
        return number == null ? null : Math.round(number * 1_000) / 1_000.0;
    }
}
