package io.rookery.etl.mirror;

import static org.assertj.core.api.Assertions.assertThat;

import io.rookery.api.Change;
import io.rookery.api.CommitResult;
import io.rookery.api.Document;
import io.rookery.api.DocumentDatabase;
import io.rookery.api.Entry;
import io.rookery.api.ErrorCode;
import io.rookery.api.FeedRequest;
import io.rookery.api.Fence;
import io.rookery.api.Json;
import io.rookery.api.MemoryDatabase;
import io.rookery.api.Operation;
import io.rookery.api.RookeryException;
import io.rookery.api.RowChange;
import io.rookery.api.RowChange.Kind;
import io.rookery.api.SourceBatch;
import io.rookery.api.Transaction;
import io.rookery.etl.route.DeletedTask;
import io.rookery.etl.task.TaskDefinition;
import io.rookery.etl.task.TaskFile;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Random changes over four tables, cut into random batches, with crashes before and after commits, changed mappings and
 * paused tasks: in the end every document equals what simple code makes of the tables.
 */
final class MirrorRandomTest {
    private static final List<String> TABLES = List.of("s.customers", "s.orders", "s.lines", "s.discounts");
    private static final String COMMON =
            """
            task: orders
            from: { database: shop, table: s.orders }
            to:
              documents: Orders
              id: %s/{id}
              columns: %s
              embed:
                lines:
                  table: s.lines
                  by: order_id
                  sort: sku
                  embed:
                    discounts: { table: s.discounts, by: line_id, columns: [id, n] }
                  copy:
                    again: { table: s.customers, by: n, take: name }
              copy:
                customerName: { table: s.customers, by: customer_id, take: name }
            ---
            task: customers
            from: { database: shop, table: s.customers }
            to:
              documents: Customers
              embed:
                orders: { table: s.orders, by: customer_id, columns: [id, n] }
            ---
            task: flat
            from: { database: shop, table: s.discounts }
            to: { documents: Discounts }
            """;

    private final Map<String, TreeMap<Long, Map<String, Object>>> tables = new TreeMap<>();
    private final List<List<RowChange>> history = new ArrayList<>();
    private final MemoryDatabase database = new MemoryDatabase();
    /** The first one is the source's. */
    private final List<MemoryDatabase> shards = new ArrayList<>(List.of(database));

    private Random random;
    private long epoch;
    private int commitsLeft;
    private boolean applyTheLast;
    private String prefix = "orders";
    private boolean allColumns = true;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20})
    void shouldMakeTheSameDocumentsAsSimpleCodeWhateverHappens(long seed) {
        random = new Random(seed);
        liveAndCompare();
        List<TaskDefinition> defined = TaskFile.parse("test.yaml", COMMON.formatted(prefix, "\"*\""));
        new DeletedTask(defined.get(0), false).erase(defined.get(0).unit(), database, Clock.systemUTC());
        new DeletedTask(defined.get(2), false).erase(defined.get(2).unit(), database, Clock.systemUTC());
        assertThat(database.entries("", null, 10_000))
                .extracting(Entry::key)
                .anyMatch(key -> key.startsWith("rows/"))
                .noneMatch(key -> key.contains("/orders"));
        new DeletedTask(defined.get(1), true).erase(defined.get(1).unit(), database, Clock.systemUTC());
        assertThat(database.entries("", null, 10_000)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20})
    void shouldMakeTheSameDocumentsInSeveralShardsEachVersionOnce(long seed) {
        random = new Random(seed);
        shards.add(new MemoryDatabase("B"));
        shards.add(new MemoryDatabase("C"));
        liveAndCompare();
        for (int shard = 0; shard < shards.size(); shard++) {
            int number = shard;
            List<Change> feed = shards.get(shard)
                    .read(new FeedRequest(0, 1_000_000, Long.MAX_VALUE, null, true))
                    .changes();
            assertThat(feed)
                    .isNotEmpty()
                    .allMatch(change -> shardOf(change.id()) == number)
                    .noneMatch(change -> change.document() != null
                            && change.document().equals(change.before())
                            && change.operation() == Operation.UPDATE);
        }
        TaskDefinition last =
                TaskFile.parse("test.yaml", COMMON.formatted(prefix, "\"*\"")).get(2);
        new DeletedTask(last, true).erase(last.unit(), database, Clock.systemUTC());
        assertThat(database.entries("outbox/", null, 10)).isEmpty();
    }

    private static int shardOf(String id) {
        return Math.floorMod(id.hashCode(), 3);
    }

    private void liveAndCompare() {
        TABLES.forEach(table -> tables.put(table, new TreeMap<>()));
        for (int i = 0; i < 40; i++) {
            batch();
        }
        history.clear();
        Set<String> paused = Set.of();
        for (int life = 0; life < 25; life++) {
            live(random.nextInt(12), paused);
            if (random.nextInt(3) == 0) {
                allColumns = random.nextBoolean();
                prefix = random.nextBoolean() ? "orders" : "o";
            }
            paused = random.nextInt(4) == 0 ? Set.of(random.nextBoolean() ? "orders" : "flat") : Set.of();
        }
        live(Integer.MAX_VALUE, Set.of());

        assertThat(stored("Orders")).isEqualTo(orders());
        assertThat(stored("Customers")).isEqualTo(customers());
        assertThat(stored("Discounts")).isEqualTo(discounts());
    }

    @Test
    void shouldCountEqualRowsWithoutAKeyOverTheBatchesOfASnapshot() {
        random = new Random(1);
        commitsLeft = Integer.MAX_VALUE;
        Mirror mirror = mirror(Set.of());
        mirror.beginSnapshot();
        RowChange row = new RowChange("s.discounts", Kind.READ, Map.of(), null, Map.of("id", 1L, "n", 2L), Set.of());

        mirror.accept(new SourceBatch(List.of(row, row), offset(-1), true, 0));
        mirror.accept(new SourceBatch(List.of(row), offset(-1), true, 0));
        mirror.accept(new SourceBatch(List.of(), offset(0), false, 0));

        assertThat(database.entries("rows/", null, 10)).hasSize(3);
        assertThat(stored("Discounts")).hasSize(3);
    }

    /** One mirror, from what is committed until it crashes or has everything. */
    private void live(int commits, Set<String> paused) {
        commitsLeft = commits;
        applyTheLast = random.nextBoolean();
        try {
            Mirror mirror = mirror(paused);
            mirror.catchUp();
            if (mirror.needsSnapshot()) {
                mirror.beginSnapshot();
                snapshot(mirror);
            }
            for (int i = 0; i < 6; i++) {
                history.add(batch());
            }
            int next = ((Long) mirror.offset().asObject().get("n")).intValue();
            for (int n = next; n < history.size(); n++) {
                mirror.accept(new SourceBatch(history.get(n), offset(n + 1), false, 0));
            }
        } catch (RookeryException e) {
            assertThat(e).hasMessage("crash");
        }
    }

    private void snapshot(Mirror mirror) {
        int at = history.size();
        for (String table : TABLES) {
            List<RowChange> page = new ArrayList<>();
            tables.get(table).forEach((id, row) -> {
                page.add(change(table, Kind.READ, id, null, row));
                if (random.nextInt(3) == 0) {
                    mirror.accept(new SourceBatch(page, offset(-1), true, 0));
                    page.clear();
                }
            });
            mirror.accept(new SourceBatch(page, offset(-1), true, 0));
        }
        mirror.accept(new SourceBatch(List.of(), offset(at), false, 0));
    }

    private static Json offset(int n) {
        return Json.of(Map.of("n", (long) n));
    }

    private Mirror mirror(Set<String> paused) {
        String text = COMMON.formatted(prefix, allColumns ? "\"*\"" : "{ \"*\": true, n: number }");
        List<MirrorTask> tasks = TaskFile.parse("test.yaml", text).stream()
                .map(task -> new MirrorTask(
                        MirrorDefinition.of(task), List.of(), new Rejections(task.name(), task.onError())))
                .toList();
        MirrorProgress progress = new MirrorProgress() {
            @Override
            public void rows(int count, long sourceTimestamp) {}

            @Override
            public void documents(String task, int written, int parked) {
                assertThat(parked).isZero();
            }
        };
        return new Mirror(
                new MirrorSetup("shop", tasks, new Fence("source-shop", ++epoch), progress, paused, limits()),
                shards.size() == 1
                        ? crashing(database)
                        : new SpreadDatabase(crashing(database), new Fence("source-shop", epoch), new CrashingShards()),
                () -> 1L);
    }

    /** Sometimes so narrow that nearly every batch takes several transactions. */
    private MirrorLimits limits() {
        return random.nextBoolean()
                ? MirrorLimits.DEFAULT
                : new MirrorLimits(1 + random.nextInt(3), 1 + random.nextInt(4), 200 + random.nextInt(500));
    }

    /** The database of a process that dies at a commit: before it, or when it took effect but nobody heard. */
    private DocumentDatabase crashing(MemoryDatabase shard) {
        return (DocumentDatabase) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {DocumentDatabase.class}, (proxy, method, arguments) -> {
                    boolean crash = method.getName().equals("commit") && commitsLeft-- <= 0;
                    try {
                        Object result = crash && !applyTheLast ? null : method.invoke(shard, arguments);
                        return crash
                                ? CompletableFuture.failedFuture(new RookeryException(ErrorCode.INTERNAL, "crash"))
                                : result;
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    /** All shards of that process's database. */
    private final class CrashingShards implements OtherShards {
        @Override
        public int home() {
            return 0;
        }

        @Override
        public int shardOf(String id) {
            return MirrorRandomTest.shardOf(id);
        }

        @Override
        public CompletableFuture<List<Optional<Document>>> documents(List<String> ids) {
            return CompletableFuture.completedFuture(
                    ids.stream().map(id -> shards.get(shardOf(id)).document(id)).toList());
        }

        @Override
        public CompletableFuture<List<Document>> documentsFrom(String prefix, String after, int limit) {
            return CompletableFuture.completedFuture(shards.stream()
                    .flatMap(shard -> shard.documentsFrom(prefix, after, limit).stream())
                    .limit(limit)
                    .toList());
        }

        @Override
        public CompletableFuture<Optional<byte[]>> entry(int shard, String key) {
            return CompletableFuture.completedFuture(shards.get(shard).entry(key));
        }

        @Override
        public CompletableFuture<CommitResult> commit(int shard, Transaction transaction) {
            return crashing(shards.get(shard)).commit(transaction);
        }
    }

    private List<RowChange> batch() {
        List<RowChange> changes = new ArrayList<>();
        for (int i = random.nextInt(8); i >= 0; i--) {
            changes.add(randomChange());
        }
        return changes;
    }

    private RowChange randomChange() {
        String table = TABLES.get(random.nextInt(TABLES.size()));
        TreeMap<Long, Map<String, Object>> rows = tables.get(table);
        long id = 1L + random.nextInt(12);
        if (random.nextInt(60) == 0) {
            rows.clear();
            return new RowChange(table, Kind.TRUNCATE, Map.of(), null, null, Set.of());
        }
        if (!rows.containsKey(id)) {
            rows.put(id, row(table, id));
            return change(table, Kind.INSERT, id, null, rows.get(id));
        }
        int dice = random.nextInt(10);
        if (dice < 3) {
            rows.remove(id);
            return change(table, Kind.DELETE, id, null, null);
        }
        long other = 1L + random.nextInt(12);
        Map<String, Object> row = row(table, id);
        Set<String> unavailable = Set.of();
        Map<String, Object> sent = row;
        if (random.nextInt(3) == 0) {
            row.put("name", rows.get(id).get("name"));
            sent = new LinkedHashMap<>(row);
            sent.put("name", null);
            unavailable = Set.of("name");
        }
        if (dice < 5 && !rows.containsKey(other)) {
            rows.remove(id);
            row.put("id", other);
            sent.put("id", other);
            rows.put(other, row);
            return new RowChange(table, Kind.UPDATE, Map.of("id", other), Map.of("id", id), sent, unavailable);
        }
        rows.put(id, row);
        return new RowChange(table, Kind.UPDATE, Map.of("id", id), null, sent, unavailable);
    }

    private static RowChange change(
            String table, Kind kind, long id, Map<String, Object> before, Map<String, Object> after) {
        return new RowChange(table, kind, Map.of("id", id), before, after, Set.of());
    }

    private Map<String, Object> row(String table, long id) {
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("id", id);
        row.put("name", "name" + random.nextInt(5));
        row.put("n", 1L + random.nextInt(12));
        switch (table) {
            case "s.orders" -> row.put("customer_id", reference());
            case "s.lines" -> {
                row.put("order_id", reference());
                row.put("sku", "sku" + random.nextInt(4));
            }
            case "s.discounts" -> row.put("line_id", reference());
            default -> {}
        }
        return row;
    }

    private Object reference() {
        return random.nextInt(5) == 0 ? null : (Object) (1L + random.nextInt(12));
    }

    // ---- what simple code makes of the tables

    private Map<String, Object> stored(String collection) {
        Map<String, Object> all = new TreeMap<>();
        for (MemoryDatabase shard : shards) {
            for (Document document : shard.documentsFrom("", null, 10_000)) {
                if (document.collection().equals(collection)) {
                    all.put(document.id(), document.body().value());
                }
            }
        }
        return all;
    }

    private Map<String, Object> orders() {
        Map<String, Object> all = new TreeMap<>();
        tables.get("s.orders").forEach((id, order) -> {
            Map<String, Object> document = new LinkedHashMap<>();
            order.forEach(
                    (column, value) -> document.put(!allColumns && column.equals("n") ? "number" : column, value));
            document.put("customerName", name(order.get("customer_id")));
            document.put("lines", lines(id));
            all.put(prefix + '/' + id, document);
        });
        return all;
    }

    private List<Object> lines(long order) {
        return tables.get("s.lines").values().stream()
                .filter(line -> Long.valueOf(order).equals(line.get("order_id")))
                .sorted(java.util.Comparator.comparing((Map<String, Object> line) -> (String) line.get("sku"))
                        .thenComparing(line -> (Long) line.get("id")))
                .map(line -> {
                    Map<String, Object> item = new LinkedHashMap<>(line);
                    item.put("again", name(line.get("n")));
                    item.put("discounts", narrow("s.discounts", "line_id", line.get("id")));
                    return (Object) item;
                })
                .toList();
    }

    private Object name(Object customer) {
        Map<String, Object> row =
                customer == null ? null : tables.get("s.customers").get(customer);
        return row == null ? null : row.get("name");
    }

    private List<Object> narrow(String table, String by, Object value) {
        return tables.get(table).values().stream()
                .filter(row -> value.equals(row.get(by)))
                .map(row -> (Object) Map.of("id", row.get("id"), "n", row.get("n")))
                .toList();
    }

    private Map<String, Object> discounts() {
        Map<String, Object> all = new TreeMap<>();
        tables.get("s.discounts").forEach((id, discount) -> all.put("discounts/" + id, discount));
        return all;
    }

    private Map<String, Object> customers() {
        Map<String, Object> all = new TreeMap<>();
        tables.get("s.customers").forEach((id, customer) -> {
            Map<String, Object> document = new LinkedHashMap<>(customer);
            document.put("orders", narrow("s.orders", "customer_id", id));
            all.put("customers/" + id, document);
        });
        return all;
    }
}
