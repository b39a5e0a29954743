package io.rookery.bench;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Several sides measured in turns in one run: whatever else the machine does meets all of them. First all are warmed
 * up in turns, then each round gives every side the same time; the medians count.
 */
final class Duel {
    /** Runs for about that long and gives what it did a second. */
    @FunctionalInterface
    interface Side {
        double perSecond(Duration duration) throws Exception;
    }

    private static final int WARM_UP_TURNS = 3;

    private final Map<String, Side> sides = new LinkedHashMap<>();

    Duel side(String name, Side side) {
        sides.put(name, side);
        return this;
    }

    /** Medians by side. */
    Map<String, Double> run(Session session) throws Exception {
        Pace pace = session.pace();
        Duration warm = pace.warmUp().dividedBy((long) WARM_UP_TURNS * sides.size());
        for (int turn = 0; turn < WARM_UP_TURNS; turn++) {
            for (Side side : sides.values()) {
                side.perSecond(warm);
            }
        }
        return rounds(session);
    }

    /** Without a warm-up: for sides that an earlier duel has warmed. */
    Map<String, Double> rounds(Session session) throws Exception {
        Pace pace = session.pace();
        Duration time = pace.measured().dividedBy((long) pace.rounds() * sides.size());
        Map<String, List<Double>> found = new LinkedHashMap<>();
        for (int round = 0; round < pace.rounds(); round++) {
            for (Map.Entry<String, Side> side : sides.entrySet()) {
                found.computeIfAbsent(side.getKey(), absent -> new ArrayList<>())
                        .add(side.getValue().perSecond(time));
            }
        }
        Map<String, Double> medians = new LinkedHashMap<>();
        found.forEach((name, values) -> {
            session.tell("  %s: %s", name, values.stream().map(Math::round).toList());
            medians.put(name, median(values));
        });
        return medians;
    }

    static double median(List<Double> values) {
        double[] sorted = values.stream().mapToDouble(Double::doubleValue).toArray();
        Arrays.sort(sorted);
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
