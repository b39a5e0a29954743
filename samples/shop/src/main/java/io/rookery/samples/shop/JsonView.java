package io.rookery.samples.shop;

import io.rookery.api.Json;
import java.io.PrintStream;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** For programs: one JSON object a line; the last one is the verdict. */
final class JsonView implements RunView {
    private final PrintStream out;

    JsonView(PrintStream out) {
        this.out = out;
    }

    @Override
    public void event(String text) {
        print(Map.of("event", text));
    }

    @Override
    public void tasks(long second, long steps, List<TaskView> tasks) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("second", second);
        json.put("transactions", steps);
        json.put("tasks", tasks.stream().map(JsonView::json).toList());
        print(json);
    }

    private static Map<String, Object> json(TaskView task) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("task", task.task());
        json.put("state", task.state());
        json.put("owner", task.owner());
        json.put("epoch", task.epoch());
        json.put("rate", task.rate());
        json.put("lagChanges", task.lagChanges());
        json.put("lagSeconds", task.lagSeconds());
        json.put("parked", task.parked());
        return json;
    }

    @Override
    public void killed(String role, String node, List<Takeover> takeovers) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("killed", node);
        json.put("role", role);
        json.put("takeovers", takeovers.stream().map(JsonView::json).toList());
        print(json);
    }

    private static Map<String, Object> json(Takeover takeover) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("task", takeover.before().task());
        json.put("happened", takeover.happened());
        json.put("ownerBefore", takeover.before().owner());
        json.put("epochBefore", takeover.before().epoch());
        json.put("ownerAfter", takeover.happened() ? takeover.after().owner() : null);
        json.put("epochAfter", takeover.happened() ? takeover.after().epoch() : null);
        json.put("millis", takeover.millis());
        return json;
    }

    @Override
    public void result(RunResult result) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("passed", result.passed());
        json.put("equal", result.verdict().equal());
        json.put("kills", result.kills());
        json.put(
                "takeovers",
                result.takeovers().stream().filter(Takeover::happened).count());
        json.put("transactions", result.steps());
        json.put("changedRows", result.changes());
        json.put("orders", result.verdict().orders());
        json.put("customers", result.verdict().customers());
        json.put("rows", result.verdict().rows());
        json.put("effects", result.verdict().effects());
        json.put("records", result.verdict().records());
        json.put("drainMillis", result.drainMillis());
        json.put("residentBytes", result.residentBytes());
        json.put("differences", result.verdict().differences());
        json.put("differenceCount", result.verdict().count());
        print(json);
    }

    private void print(Object json) {
        out.println(Json.of(json));
        out.flush();
    }
}
