package io.rookery.bench.faults;

import io.rookery.api.Json;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a run found. It passed when no checker found a violation; it is invalid when a fault did not happen, none happened at
 * all, or a workload had no success: then that it found nothing says nothing.
 */
final class Report {
    private final Plan plan;
    private final List<Incident> incidents = new ArrayList<>();
    private final List<Verdict> verdicts = new ArrayList<>();
    private final Map<String, String> skipped = new LinkedHashMap<>();
    private final List<String> invalid = new ArrayList<>();

    Report(Plan plan) {
        this.plan = plan;
    }

    void add(Incident incident) {
        incidents.add(incident);
        if (!incident.happened()) {
            invalid.add("the fault " + incident.nemesis() + " did not happen as it should");
        }
    }

    void add(Verdict verdict) {
        verdicts.add(verdict);
    }

    void skip(Nemesis nemesis, String reason) {
        skipped.put(nemesis.name(), reason);
    }

    void invalid(String reason) {
        invalid.add(reason);
    }

    List<Incident> incidents() {
        return List.copyOf(incidents);
    }

    /** By the nemesis' name, why it was not had. */
    Map<String, String> skipped() {
        return Map.copyOf(skipped);
    }

    boolean violated() {
        return verdicts.stream().anyMatch(verdict -> !verdict.passed())
                || incidents.stream().anyMatch(incident -> !incident.faults().isEmpty());
    }

    /** Why it says nothing; empty for a valid run. */
    List<String> invalid() {
        List<String> all = new ArrayList<>(invalid);
        if (incidents.isEmpty()) {
            all.add("no fault happened");
        }
        return all;
    }

    /** 0 passed, 1 violated, 2 invalid. */
    int exitCode() {
        if (violated()) {
            return 1;
        }
        return invalid().isEmpty() ? 0 : 2;
    }

    private String result() {
        return switch (exitCode()) {
            case 0 -> "passed";
            case 1 -> "VIOLATED";
            default -> "INVALID";
        };
    }

    List<Json> json() {
        List<Json> lines = new ArrayList<>();
        Map<String, Object> run = new LinkedHashMap<>();
        run.put("type", "run");
        run.put("result", result());
        run.put("nodes", plan.shape().nodes());
        run.put("shards", plan.shape().shards());
        run.put("seconds", plan.duration().toSeconds());
        run.put("seed", plan.seed());
        run.put("invalid", invalid());
        lines.add(Json.of(run));
        incidents.forEach(incident -> lines.add(incident.json()));
        skipped.forEach((nemesis, reason) ->
                lines.add(Json.of(Map.of("type", "skipped", "nemesis", nemesis, "reason", reason))));
        verdicts.forEach(verdict -> lines.add(verdict.json()));
        return lines;
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder("\nFaults\n");
        incidents.forEach(incident -> text.append(incident).append('\n'));
        skipped.forEach((nemesis, reason) -> text.append("SKIPPED  ")
                .append(nemesis)
                .append(": ")
                .append(reason)
                .append('\n'));
        text.append("\nCheckers\n");
        verdicts.forEach(verdict -> text.append(verdict).append('\n'));
        invalid().forEach(reason -> text.append("INVALID: ").append(reason).append('\n'));
        return text.append("\nResult: ")
                .append(result())
                .append(" (seed ")
                .append(plan.seed())
                .append(")\n")
                .toString();
    }
}
