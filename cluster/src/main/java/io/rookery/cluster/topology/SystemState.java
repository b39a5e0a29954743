package io.rookery.cluster.topology;

import io.rookery.api.ChangeVector;
import io.rookery.api.Document;
import io.rookery.api.DocumentDatabase;
import io.rookery.api.ErrorCode;
import io.rookery.api.Json;
import io.rookery.api.RookeryException;
import io.rookery.api.Write;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * The system shard's documents as values, read at one moment of this node's replica. What {@link Topology} shows is in
 * it, and what the leader must remember besides: nodes that are leaving, groups that were never made or are to go.
 *
 * @param removed groups of deleted databases and the nodes that may still hold them
 * @param marks of the groups that have replicas which are not plain members
 * @param suspension empty when the supervisor was never suspended
 */
public record SystemState(
        Map<String, Member> nodes,
        Map<String, Base> databases,
        Map<String, Assigned> assignments,
        List<Removed> removed,
        Map<UUID, ReplicaMarks> marks,
        Optional<Suspension> suspension) {

    public static final String NODES = "nodes/";
    public static final String DATABASES = "databases/";
    public static final String ASSIGNMENTS = "assignments/";
    public static final String REMOVED = "removed/";
    public static final String TASKS = "tasks/";
    public static final String DELETED_TASKS = "deleted-tasks/";
    public static final String SUPERVISOR = "supervisor";

    /** Marks of a node: it is to go for good; nothing leads and no task runs there; it does not lead the cluster. */
    public static final String LEAVING = "leaving";

    public static final String DRAINING = "draining";
    public static final String WATCHER = "watcher";

    private static final List<String> NODE_MARKS = List.of(LEAVING, DRAINING, WATCHER);

    private static final int PAGE = 500;

    public record Member(Topology.Node node, Set<String> marks, ChangeVector version) {
        public Member {
            marks = Set.copyOf(marks);
        }

        public boolean is(String mark) {
            return marks.contains(mark);
        }

        /** The document of this node with a mark or without it. */
        public Write marked(String mark, boolean set) {
            Set<String> changed = new TreeSet<>(marks);
            if (set) {
                changed.add(mark);
            } else {
                changed.remove(mark);
            }
            return put(node, changed, version);
        }
    }

    /** @param made shard numbers whose group exists: one that exists is never made a second time */
    public record Base(Topology.Database database, List<Long> made, ChangeVector version) {}

    public record Assigned(Topology.Assignment assignment, ChangeVector version) {}

    public record Removed(UUID group, List<String> nodes, ChangeVector version) {}

    public record Suspension(boolean suspended, ChangeVector version) {}

    public static SystemState read(DocumentDatabase system) {
        SystemState state = new SystemState(
                new LinkedHashMap<>(),
                new LinkedHashMap<>(),
                new LinkedHashMap<>(),
                new ArrayList<>(),
                new LinkedHashMap<>(),
                system.document(SUPERVISOR).map(SystemState::suspension));
        for (Document document : documents(system, NODES)) {
            Member member = member(document);
            state.nodes.put(member.node().tag(), member);
        }
        for (Document document : documents(system, DATABASES)) {
            Base base = base(document);
            state.databases.put(base.database().name(), base);
        }
        for (Document document : documents(system, ASSIGNMENTS)) {
            Assigned assigned = assigned(document);
            state.assignments.put(assigned.assignment().unit(), assigned);
        }
        for (Document document : documents(system, REMOVED)) {
            Map<String, Object> body = document.body().asObject();
            state.removed.add(new Removed(
                    UUID.fromString((String) body.get("group")), texts(body.get("nodes")), document.changeVector()));
        }
        for (Document document : documents(system, ReplicaMarks.PREFIX)) {
            ReplicaMarks marks = ReplicaMarks.of(document);
            state.marks.put(marks.group(), marks);
        }
        return state;
    }

    public static List<Document> documents(DocumentDatabase system, String prefix) {
        List<Document> all = new ArrayList<>();
        List<Document> page;
        do {
            String after = all.isEmpty() ? null : all.get(all.size() - 1).id();
            page = system.documentsFrom(prefix, after, PAGE);
            all.addAll(page);
        } while (page.size() == PAGE);
        return all;
    }

    /** Whether a task is on a database, or what one left there is still to be erased. */
    public static boolean hasTasks(DocumentDatabase system, String database) {
        return Stream.of(TASKS, DELETED_TASKS)
                .flatMap(prefix -> documents(system, prefix).stream())
                .anyMatch(task -> database.equals(task.body().asObject().get("database")));
    }

    /** What is placed where. */
    public Placement placement() {
        return new Placement(databases.values().stream().map(Base::database).toList());
    }

    /**
     * Each replica takes a buffer from a node's direct memory; one without is never made.
     *
     * @param most replicas that a node may have
     * @throws RookeryException CONFLICT when the nodes together have no room for as many replicas of as many more shards
     */
    public void requireRoom(int shards, int replicas, int most) {
        List<String> nodes = staying();
        int wanted = shards * Math.min(replicas, nodes.size());
        int room = placement().room(nodes, most);
        if (wanted > room) {
            throw new RookeryException(
                    ErrorCode.CONFLICT,
                    "Expected room for " + wanted + " replicas of shards but the nodes " + String.join(", ", nodes)
                            + " have it for " + room + " more: a node has at most " + most
                            + ", by its direct memory (-XX:MaxDirectMemorySize) and never over 127; add nodes, or make fewer shards");
        }
    }

    public Topology topology() {
        Map<String, Topology.Node> members = new LinkedHashMap<>();
        nodes.forEach((tag, member) -> members.put(tag, member.node()));
        Map<String, Topology.Database> bases = new LinkedHashMap<>();
        databases.forEach((name, base) -> bases.put(name, base.database()));
        Map<String, Topology.Assignment> units = new LinkedHashMap<>();
        assignments.forEach((unit, assigned) -> units.put(unit, assigned.assignment()));
        return new Topology(
                java.util.Collections.unmodifiableMap(members),
                java.util.Collections.unmodifiableMap(bases),
                java.util.Collections.unmodifiableMap(units),
                new Topology.Supervision(suspended(), tags(DRAINING), tags(WATCHER), rehab()));
    }

    private List<Topology.Rehab> rehab() {
        List<Topology.Rehab> all = new ArrayList<>();
        for (Base base : databases.values()) {
            for (Topology.Shard shard : base.database().shards()) {
                marks(shard).byTag().forEach((tag, mark) -> {
                    if (mark.kind() == ReplicaMarks.Kind.REHAB) {
                        all.add(new Topology.Rehab(
                                base.database().name(), shard.number(), tag, mark.since(), mark.why()));
                    }
                });
            }
        }
        return List.copyOf(all);
    }

    public ReplicaMarks marks(Topology.Shard shard) {
        UUID group = UUID.fromString(shard.group());
        return marks.getOrDefault(group, ReplicaMarks.none(group));
    }

    public boolean suspended() {
        return suspension.map(Suspension::suspended).orElse(false);
    }

    public Set<String> tags(String mark) {
        Set<String> tags = new TreeSet<>();
        nodes.forEach((tag, member) -> {
            if (member.is(mark)) {
                tags.add(tag);
            }
        });
        return tags;
    }

    public boolean is(String tag, String mark) {
        return nodes.containsKey(tag) && nodes.get(tag).is(mark);
    }

    /** Whether a node is to have a replica of a group. */
    public boolean wants(UUID group, String tag) {
        return databases.values().stream()
                .map(Base::database)
                .anyMatch(database -> database.shards().stream()
                                .anyMatch(shard -> shard.group().equals(group.toString())
                                        && shard.nodes().contains(tag))
                        || database.splitting()
                                .filter(split -> split.group().equals(group.toString())
                                        && split.nodes().contains(tag))
                                .isPresent());
    }

    /** How many replicas a node has, wished ones too. */
    public long load(String tag) {
        return databases.values().stream()
                .flatMap(base -> base.database().shards().stream())
                .filter(shard -> shard.nodes().contains(tag))
                .count();
    }

    /** Tags of the nodes that stay. */
    public List<String> staying() {
        return nodes.values().stream()
                .filter(member -> !member.is(LEAVING))
                .map(member -> member.node().tag())
                .toList();
    }

    private static Member member(Document document) {
        Map<String, Object> body = document.body().asObject();
        Set<String> marks = new TreeSet<>(NODE_MARKS);
        marks.removeIf(mark -> !Boolean.TRUE.equals(body.get(mark)));
        return new Member(
                new Topology.Node((String) body.get("tag"), (String) body.get("http"), (String) body.get("raft")),
                marks,
                document.changeVector());
    }

    private static Suspension suspension(Document document) {
        return new Suspension(
                Boolean.TRUE.equals(document.body().asObject().get("suspended")), document.changeVector());
    }

    public static Write suspend(boolean suspended, ChangeVector expected) {
        return new Write.PutDocument(SUPERVISOR, "@supervisor", Json.of(Map.of("suspended", suspended)), expected);
    }

    public static Write put(Topology.Node node, Set<String> marks, ChangeVector expected) {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("tag", node.tag());
        body.put("http", node.http());
        body.put("raft", node.raft());
        NODE_MARKS.stream().filter(marks::contains).forEach(mark -> body.put(mark, true));
        return new Write.PutDocument(NODES + node.tag(), "@nodes", Json.of(body), expected);
    }

    public static Base base(Document document) {
        Map<String, Object> body = document.body().asObject();
        List<Topology.Shard> shards = new ArrayList<>();
        List<Long> made = new ArrayList<>();
        for (Object item : (List<?>) body.get("shards")) {
            Map<?, ?> shard = (Map<?, ?>) item;
            long number = (Long) shard.get("number");
            List<String> leaving = shard.get("leaving") == null ? List.of() : texts(shard.get("leaving"));
            shards.add(
                    new Topology.Shard((int) number, (String) shard.get("group"), texts(shard.get("nodes")), leaving));
            if (Boolean.TRUE.equals(shard.get("made"))) {
                made.add(number);
            }
        }
        Topology.Database database = new Topology.Database(
                (String) body.get("name"),
                ((Long) body.get("replicas")).intValue(),
                List.copyOf(shards),
                slots(body.get("slots")),
                DivisionsJson.divisions(body.get(DivisionsJson.DONE)),
                DivisionsJson.splitting(body.get(DivisionsJson.UNDER_WAY)));
        return new Base(database, made, document.changeVector());
    }

    /** Databases of a time before there was more than one shard say nothing of slots. */
    private static Slots slots(Object stored) {
        if (stored == null) {
            return Slots.ONE;
        }
        List<Slots.Range> ranges = new ArrayList<>();
        for (Object item : (List<?>) stored) {
            Map<?, ?> range = (Map<?, ?>) item;
            ranges.add(new Slots.Range(((Long) range.get("from")).intValue(), ((Long) range.get("shard")).intValue()));
        }
        return new Slots(ranges);
    }

    private static List<Object> json(Slots slots) {
        List<Object> ranges = new ArrayList<>();
        for (Slots.Range range : slots.ranges()) {
            Map<String, Object> item = new LinkedHashMap<>();
            item.put("from", range.from());
            item.put("shard", range.shard());
            ranges.add(item);
        }
        return ranges;
    }

    public static Write put(Topology.Database database, List<Long> made, ChangeVector expected) {
        List<Object> shards = new ArrayList<>();
        for (Topology.Shard shard : database.shards()) {
            Map<String, Object> item = new LinkedHashMap<>();
            item.put("number", shard.number());
            item.put("group", shard.group());
            item.put("nodes", shard.nodes());
            item.put("made", made.contains((long) shard.number()));
            if (!shard.leaving().isEmpty()) {
                item.put("leaving", shard.leaving());
            }
            shards.add(item);
        }
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("name", database.name());
        body.put("replicas", database.replicas());
        body.put("shards", shards);
        if (!database.slots().equals(Slots.ONE)) {
            body.put("slots", json(database.slots()));
        }
        DivisionsJson.put(body, database);
        return new Write.PutDocument(DATABASES + database.name(), "@databases", Json.of(body), expected);
    }

    private static Assigned assigned(Document document) {
        Map<String, Object> body = document.body().asObject();
        return new Assigned(
                new Topology.Assignment((String) body.get("unit"), (String) body.get("node"), (Long) body.get("epoch")),
                document.changeVector());
    }

    public static Write put(Topology.Assignment assignment, ChangeVector expected) {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("unit", assignment.unit());
        body.put("node", assignment.node());
        body.put("epoch", assignment.epoch());
        return new Write.PutDocument(ASSIGNMENTS + assignment.unit(), "@assignments", Json.of(body), expected);
    }

    public static Write put(UUID group, List<String> nodes, ChangeVector expected) {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("group", group.toString());
        body.put("nodes", nodes);
        return new Write.PutDocument(REMOVED + group, "@removed", Json.of(body), expected);
    }

    private static List<String> texts(Object list) {
        return ((List<?>) list).stream().map(String.class::cast).toList();
    }
}
