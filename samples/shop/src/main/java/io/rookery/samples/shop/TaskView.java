package io.rookery.samples.shop;

import java.util.Map;

/** A task as {@code GET /tasks} shows it; what its owner does not tell is 0. */
record TaskView(
        String task,
        String state,
        String owner,
        long epoch,
        double rate,
        long lagChanges,
        long lagSeconds,
        long parked,
        String error) {
    static TaskView of(Map<String, Object> json) {
        return new TaskView(
                (String) json.get("task"),
                (String) json.get("state"),
                json.get("owner") == null ? "-" : (String) json.get("owner"),
                number(json, "epoch").longValue(),
                number(json, "rate").doubleValue(),
                number(json, "lagChanges").longValue(),
                number(json, "lagSeconds").longValue(),
                number(json, "parked").longValue(),
                json.get("lastError") == null
                        ? null
                        : (String) ShopClient.object(json.get("lastError")).get("message"));
    }

    private static Number number(Map<String, Object> json, String name) {
        return json.get(name) == null ? 0 : (Number) json.get(name);
    }

    /** Whether its owner works on it, or waits for its source or target to come back. */
    boolean runs() {
        return state.equals("RUNNING") || state.equals("WAITING");
    }
}
