package io.rookery.bench.faults;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/** Counts what came of a workload's requests; any thread. */
final class Tally {
    static final Tally NONE = new Tally();

    private final AtomicLong done = new AtomicLong();
    private final AtomicLong refused = new AtomicLong();
    private final AtomicLong unknown = new AtomicLong();
    private final Map<String, AtomicLong> reasons = new ConcurrentHashMap<>();

    /** Returns the answer. */
    Answer count(Answer answer) {
        (switch (answer.fate()) {
                    case DONE -> done;
                    case REFUSED -> refused;
                    case UNKNOWN -> unknown;
                })
                .incrementAndGet();
        if (!answer.isDone()) {
            reasons.computeIfAbsent(answer.what(), absent -> new AtomicLong()).incrementAndGet();
        }
        return answer;
    }

    long done() {
        return done.get();
    }

    long refused() {
        return refused.get();
    }

    long unknown() {
        return unknown.get();
    }

    /** How often each reason was given for what was not done. */
    Map<String, Object> reasons() {
        Map<String, Object> counts = new TreeMap<>();
        reasons.forEach((reason, count) -> counts.put(reason, count.get()));
        return counts;
    }
}
