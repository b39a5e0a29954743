package io.rookery.bench.faults;

import io.rookery.api.Json;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What a checker says: its counts, and every violation that it found; one thread's. */
final class Verdict {
    /** Of one kind; the rest is only counted. */
    private static final int SHOWN = 20;

    private final String checker;
    private final Tally tally;
    private final Map<String, Object> details = new LinkedHashMap<>();
    private final List<String> violations = new ArrayList<>();

    Verdict(String checker, Tally tally) {
        this.checker = checker;
        this.tally = tally;
    }

    void say(String name, Object value) {
        details.put(name, value);
    }

    void violation(String what) {
        violations.add(what);
    }

    /** A violation unless it is so. */
    void require(boolean right, String otherwise) {
        if (!right) {
            violation(otherwise);
        }
    }

    String checker() {
        return checker;
    }

    long done() {
        return tally.done();
    }

    boolean passed() {
        return violations.isEmpty();
    }

    List<String> violations() {
        return List.copyOf(violations);
    }

    Json json() {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("type", "check");
        fields.put("checker", checker);
        fields.put("passed", passed());
        fields.put("ok", tally.done());
        fields.put("failed", tally.refused());
        fields.put("unknown", tally.unknown());
        fields.put("reasons", tally.reasons());
        fields.putAll(details);
        fields.put("violations", violations.subList(0, Math.min(SHOWN, violations.size())));
        return Json.of(fields);
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(String.format("%-9s %-36s", passed() ? "passed" : "VIOLATED", checker));
        if (tally.done() + tally.refused() + tally.unknown() > 0) {
            text.append(" ok ")
                    .append(tally.done())
                    .append(", failed ")
                    .append(tally.refused())
                    .append(", unknown ")
                    .append(tally.unknown());
        }
        details.forEach((name, value) ->
                text.append("\n            ").append(name).append(": ").append(value));
        violations.stream().limit(SHOWN).forEach(what -> text.append("\n          ! ")
                .append(what));
        if (violations.size() > SHOWN) {
            text.append("\n          ! and ").append(violations.size() - SHOWN).append(" more");
        }
        return text.toString();
    }
}
