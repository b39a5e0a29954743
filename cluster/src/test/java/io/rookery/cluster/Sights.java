package io.rookery.cluster;

import io.rookery.api.ManualClock;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/** What a leader may see, for tests of decisions: nodes answer or are silent since a moment of a manual clock. */
final class Sights {
    private static final UUID GROUP = SystemStates.GROUP;
    private static final long ALIVE_MILLIS = 3_000;

    private final ManualClock clock;
    private final Map<String, Long> silentSince = new LinkedHashMap<>();
    private final Map<String, Set<UUID>> holds = new LinkedHashMap<>();
    private final Map<String, Long> lag = new LinkedHashMap<>();
    private final Set<String> full = new HashSet<>();
    private List<String> members = List.of();
    private String leader;

    Sights(ManualClock clock, String... tags) {
        this.clock = clock;
        for (String tag : tags) {
            holds.put(tag, Set.of());
        }
    }

    /** The first one leads; nobody is behind. */
    Sights members(String... tags) {
        members = List.of(tags);
        leader = tags[0];
        lag.clear();
        for (String tag : tags) {
            lag.put(tag, 0L);
            holding(tag);
        }
        lag.remove(leader);
        return this;
    }

    Sights holding(String tag) {
        holds.put(tag, Set.of(GROUP));
        return this;
    }

    Sights lost(String tag) {
        holds.put(tag, Set.of());
        return this;
    }

    Sights full(String tag) {
        full.add(tag);
        return this;
    }

    Sights noLeader() {
        leader = null;
        return this;
    }

    Sights behind(String tag, long entries) {
        lag.put(tag, entries);
        return this;
    }

    Sights silent(String tag) {
        silentSince.put(tag, clock.millis());
        return this;
    }

    Sights back(String tag) {
        silentSince.remove(tag);
        return this;
    }

    Sight now() {
        Map<String, Sight.Node> nodes = new LinkedHashMap<>();
        holds.forEach((tag, groups) -> {
            long silent = clock.millis() - silentSince.getOrDefault(tag, clock.millis());
            nodes.put(tag, new Sight.Node(silent, silent < ALIVE_MILLIS, true, full.contains(tag), groups));
        });
        Map<UUID, Sight.Group> groups =
                leader == null ? Map.of() : Map.of(GROUP, new Sight.Group(leader, members, Map.copyOf(lag)));
        return new Sight(clock.millis(), nodes, groups);
    }
}
