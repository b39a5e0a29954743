package io.rookery.bench.faults;

import io.rookery.api.Json;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** One fault: what was done to whom and when, and the evidence that it happened; one thread's. */
final class Incident {
    private final String nemesis;
    private final double start;
    private final List<String> evidence = new ArrayList<>();
    private final List<String> missing = new ArrayList<>();
    private final List<String> notes = new ArrayList<>();
    private final List<String> faults = new ArrayList<>();
    private String target = "";
    private double end;

    /** @param start seconds since the run began */
    Incident(String nemesis, double start) {
        this.nemesis = nemesis;
        this.start = start;
    }

    void target(Object who) {
        target = who.toString();
    }

    /** Something that shows that the fault happened, or that it did not. */
    void prove(boolean shown, String what) {
        (shown ? evidence : missing).add(what);
    }

    void note(String what) {
        notes.add(what);
    }

    /** The cluster did what it must not do under this fault. */
    void blame(String what) {
        faults.add(what);
    }

    void end(double seconds) {
        end = seconds;
    }

    String nemesis() {
        return nemesis;
    }

    /** Whether there is evidence, and nothing that speaks against it. */
    boolean happened() {
        return !evidence.isEmpty() && missing.isEmpty();
    }

    List<String> faults() {
        return List.copyOf(faults);
    }

    Json json() {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("type", "fault");
        fields.put("nemesis", nemesis);
        fields.put("target", target);
        fields.put("start", Math.round(start * 1_000) / 1_000.0);
        fields.put("end", Math.round(end * 1_000) / 1_000.0);
        fields.put("happened", happened());
        fields.put("evidence", evidence);
        fields.put("missing", missing);
        fields.put("notes", notes);
        fields.put("violations", faults);
        return Json.of(fields);
    }

    @Override
    public String toString() {
        StringBuilder text =
                new StringBuilder(String.format(Locale.ROOT, "%6.1f..%6.1f s  %-16s %s", start, end, nemesis, target));
        evidence.forEach(
                line -> text.append("\n                     evidence: ").append(line));
        missing.forEach(
                line -> text.append("\n                     DID NOT HAPPEN: ").append(line));
        notes.forEach(line -> text.append("\n                     note: ").append(line));
        faults.forEach(line -> text.append("\n                     VIOLATION: ").append(line));
        return text.toString();
    }
}
