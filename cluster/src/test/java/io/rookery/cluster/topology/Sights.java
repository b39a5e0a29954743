package io.rookery.cluster.topology;

import io.rookery.api.ManualClock;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/** What a leader may see, for tests of decisions: nodes answer or are silent since a moment of a manual clock. */
public final class Sights {
    private static final UUID GROUP = SystemStates.GROUP;
    private static final long ALIVE_MILLIS = 3_000;

    private final ManualClock clock;
    private final Map<String, Long> silentSince = new LinkedHashMap<>();
    private final Map<String, Set<UUID>> holds = new LinkedHashMap<>();
    private final Map<String, Long> lag = new LinkedHashMap<>();
    private final Set<String> full = new HashSet<>();
    private List<String> members = List.of();
    private String leader;

    public Sights(ManualClock clock, String... tags) {
        this.clock = clock;
        for (String tag : tags) {
            holds.put(tag, Set.of());
        }
    }

    /** The first one leads; nobody is behind. */
    public Sights members(String... tags) {
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

    public Sights holding(String tag) {
        holds.put(tag, Set.of(GROUP));
        return this;
    }

    public Sights lost(String tag) {
        holds.put(tag, Set.of());
        return this;
    }

    public Sights full(String tag) {
        full.add(tag);
        return this;
    }

    public Sights noLeader() {
        leader = null;
        return this;
    }

    public Sights behind(String tag, long entries) {
        lag.put(tag, entries);
        return this;
    }

    public Sights silent(String tag) {
        silentSince.put(tag, clock.millis());
        return this;
    }

    public Sights back(String tag) {
        silentSince.remove(tag);
        return this;
    }

    public Sight now() {
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
