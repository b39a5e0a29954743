package io.rookery.server;

import static io.rookery.server.blackbox.Tasks.soon;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.rookery.api.Json;
import io.rookery.cluster.topology.Slots;
import io.rookery.samples.servers.EmbeddedKafkaServer;
import io.rookery.samples.servers.EmbeddedPostgresServer;
import io.rookery.server.blackbox.Answer;
import io.rookery.server.blackbox.Api;
import io.rookery.server.blackbox.Nodes;
import io.rookery.server.blackbox.Tasks;
import io.rookery.server.process.ServerProcess;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Deliveries of a database of three shards on three nodes, while those that run them are killed. */
final class ShardedTasksIT {
    private static final String SQL =
            """
            task: notes-sql
            from: { collection: Notes }
            to:
              sql: dwh
              tables:
                public.notes: { key: { id: $id }, columns: { n: n, label: label, seq: $seq } }
                public.note_lines: { each: lines, key: { id: $id, no: $item.no }, columns: { n: n } }
            batch: { max: 10, wait: 20ms }
            on_error: { retry: 200ms..1s }
            """;
    private static final String KAFKA =
            """
            task: notes-kafka
            from: { collection: Notes }
            to: { kafka: main, topic: notes, key: $id, format: plain, deletes: tombstone }
            batch: { max: 10, wait: 20ms }
            on_error: { retry: 200ms..1s }
            """;
    private static final String SOURCE =
            """
            task: legacy-in
            from: { database: legacy, table: public.orders }
            to:
              documents: LegacyOrders
              id: orders/{id}
              columns: { id: id, n: n }
              embed:
                lines: { table: public.lines, by: order_id, columns: [id] }
            on_error: { retry: 200ms..1s }
            """;
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final int DOCUMENTS = 36;
    private static final int VERSIONS = 6;

    @TempDir
    private static Path folder;

    private static Nodes nodes;
    private static EmbeddedPostgresServer target;
    private static EmbeddedKafkaServer broker;

    @BeforeAll
    static void start() throws SQLException {
        target = EmbeddedPostgresServer.start(folder.resolve("target"), Map.of());
        target.createDatabase("dwh");
        target.execute(
                "dwh",
                "CREATE TABLE notes (id text PRIMARY KEY, n int, label varchar(12), seq bigint)",
                "CREATE TABLE seen (place serial, id text, n int)",
                "CREATE FUNCTION see() RETURNS trigger LANGUAGE plpgsql AS"
                        + " 'BEGIN INSERT INTO seen(id, n) VALUES (NEW.id, NEW.n); RETURN NEW; END'",
                "CREATE TRIGGER see AFTER INSERT OR UPDATE ON notes FOR EACH ROW EXECUTE FUNCTION see()");
        broker = EmbeddedKafkaServer.start(folder.resolve("kafka"));
        nodes = Nodes.start(folder, 3);
        await().atMost(PATIENCE).until(() -> nodes.api(0)
                .put("/databases/wide?shards=3&replicas=3", "")
                .isOk());
        for (ServerProcess node : nodes.all()) {
            await().atMost(PATIENCE).until(() -> new Api(node.url())
                    .get("/databases/wide/docs?startsWith=none")
                    .isOk());
        }
        connect(
                "dwh",
                "postgres: { host: 127.0.0.1, port: " + target.port()
                        + ", database: dwh, user: postgres, password: postgres }");
        connect("main", "kafka: { servers: ['" + broker.bootstrapServers() + "'] }");
    }

    private static void connect(String name, String connection) {
        Answer put = nodes.api(0).put("/connections/" + name, connection);
        assertThat(put.isOk()).as(put.toString()).isTrue();
    }

    @AfterAll
    static void end() {
        nodes.close();
        broker.close();
        target.close();
    }

    @Test
    void shouldDeliverEachShardOnceAndInOrderWhileItsRunnersAreKilled() throws Exception {
        Tasks tasks = new Tasks(nodes.api(0), "wide");
        assertThat(tasks.put(SQL).body()).contains("3 shards");
        tasks.put(KAFKA);
        for (String task : List.of("notes-sql", "notes-kafka")) {
            soon(() -> assertThat(shards(tasks, task))
                    .extracting(shard -> shard.get("state"))
                    .containsExactly("RUNNING", "RUNNING", "RUNNING"));
        }
        assertThat(owners(tasks, "notes-sql")).hasSize(3);

        putAll(1);
        ServerProcess first = owner(tasks, "notes-sql", 1);
        Tasks asked = new Tasks(new Api(nodes.others(first).get(0).url()), "wide");
        first.kill();
        putAll(2);
        putAll(3);
        first.start();
        ServerProcess second = owner(asked, "notes-kafka", 2);
        putAll(4);
        first.awaitReady(PATIENCE);
        second.kill();
        second.start();
        putAll(5);
        second.awaitReady(PATIENCE);
        putAll(6);

        tasks.awaitCaughtUp("notes-kafka");
        soon(() -> assertThat(number(tasks.status("notes-sql"), "lagChanges")).isZero());
        assertKafkaHasEveryVersionOnce();
        assertSqlWasNeverTakenBack(tasks);
        assertTasksActOnAllShards(tasks);
    }

    /** From a legacy database: each document is in its shard, each of its versions came once, whoever was killed. */
    @Test
    void shouldMirrorASourceIntoAllShardsWhileItsRunnerIsKilled() throws Exception {
        target.createDatabase("legacy");
        target.execute(
                "legacy",
                "CREATE TABLE orders (id int PRIMARY KEY, n int)",
                "CREATE TABLE lines (id int PRIMARY KEY, order_id int)",
                "INSERT INTO orders SELECT i, 0 FROM generate_series(1, 40) i",
                "INSERT INTO lines SELECT i, i FROM generate_series(1, 40) i");
        connect(
                "legacy",
                "postgres: { host: 127.0.0.1, port: " + target.port()
                        + ", database: legacy, user: postgres, password: postgres }");
        Tasks tasks = new Tasks(nodes.api(0), "wide");
        tasks.put(SOURCE);
        soon(() -> assertThat(orders(nodes.api(0))).hasSize(40));
        ServerProcess owner = nodes.node((String) tasks.status("legacy-in").get("owner"));
        Api alive = new Api(nodes.others(owner).get(0).url());
        for (int n = 1; n <= 6; n++) {
            if (n == 3) {
                owner.kill();
            }
            for (int id = 1; id <= 40; id++) {
                target.execute("legacy", "UPDATE orders SET n = " + n + " WHERE id = " + id);
            }
        }
        target.execute(
                "legacy",
                "UPDATE lines SET order_id = 2 WHERE id = 1",
                "DELETE FROM orders WHERE id = 40",
                "INSERT INTO orders VALUES (41, 6)");
        soon(() -> assertThat(orders(alive))
                .hasSize(40)
                .doesNotContainKey("orders/40")
                .allSatisfy((id, versions) -> assertThat(versions).as(id).endsWith(6L)));
        owner.start();
        owner.awaitReady(PATIENCE);
        new Tasks(alive, "wide").awaitCaughtUp("legacy-in");

        assertThat(orders(alive))
                .allSatisfy(
                        (id, versions) -> assertThat(versions).as(id).isSorted().doesNotHaveDuplicates());
        for (int node = 0; node < 3; node++) {
            Api api = nodes.api(node);
            assertThat(api.get("/databases/wide/docs?startsWith=orders/&pageSize=100")
                            .list("Results"))
                    .hasSize(40);
            assertThat(api.get("/databases/wide/docs?id=orders/1").document()).containsEntry("lines", List.of());
            assertThat((List<?>) api.get("/databases/wide/docs?id=orders/2")
                            .document()
                            .get("lines"))
                    .hasSize(2);
        }
        assertThat(nodes.api(0).get("/databases/wide/stats").list("Shards"))
                .allSatisfy(shard ->
                        assertThat((Long) shard.get("CountOfDocuments")).isGreaterThan(3));
        tasks.put(SOURCE.replace("n: n", "n: number"));
        soon(() -> assertThat(nodes.api(1)
                        .get("/databases/wide/docs?startsWith=orders/&pageSize=100")
                        .list("Results"))
                .hasSize(40)
                .allSatisfy(document -> assertThat(document).containsEntry("number", 6L)));
    }

    /** Each order's versions as the feed has them, of those that were not deleted; moved lines make no new one here. */
    private static Map<String, List<Long>> orders(Api api) {
        Map<String, List<Long>> found = new TreeMap<>();
        api.get("/databases/wide/feed?since=0&limit=10000&collection=LegacyOrders")
                .body()
                .lines()
                .map(line -> Json.parse(line).asObject())
                .filter(line -> line.containsKey("id"))
                .forEach(line -> {
                    String id = (String) line.get("id");
                    Map<?, ?> document = (Map<?, ?>) line.get("document");
                    if (document == null) {
                        found.remove(id);
                        return;
                    }
                    List<Long> versions = found.computeIfAbsent(id, absent -> new ArrayList<>());
                    long n = (Long) document.get("n");
                    if (!(id.equals("orders/1") || id.equals("orders/2")) || !versions.contains(n)) {
                        versions.add(n);
                    }
                });
        return found;
    }

    /** Also of its unit in another shard, and when it is made again the target's checkpoints count. */
    private static void assertTasksActOnAllShards(Tasks tasks) throws SQLException {
        int written = seen();
        assertThat(nodes.api(1).delete("/tasks/notes-sql").isOk()).isTrue();
        await().atMost(PATIENCE)
                .until(() ->
                        nodes.api(2).put("/tasks/notes-sql?database=wide", SQL).isOk());
        tasks.awaitCaughtUp("notes-sql");
        assertThat(seen()).isEqualTo(written);

        assertThat(nodes.api(1).post("/tasks/notes-sql/pause", "").isOk()).isTrue();
        soon(() -> assertThat(shards(tasks, "notes-sql"))
                .extracting(shard -> shard.get("state"))
                .containsOnly("PAUSED"));
        assertThat(nodes.api(1).post("/tasks/notes-sql/resume", "").isOk()).isTrue();
        soon(() -> assertThat(tasks.post("notes-sql", "replay?from=seq:3").status())
                .isEqualTo(400));
        soon(() -> assertThat(tasks.post("notes-sql", "replay?from=start").body())
                .contains("\"sequences\":{\"0\":0,\"1\":0,\"2\":0}"));
        soon(() -> assertThat(seen()).isEqualTo(written + DOCUMENTS));
        tasks.awaitCaughtUp("notes-sql");

        String there = (String) shards(tasks, "notes-kafka").get(1).get("owner");
        String other = nodes.others(nodes.node(there)).get(0).tag();
        assertThat(tasks.post("notes-kafka", "move?shard=1&to=" + other).isOk()).isTrue();
        soon(() -> assertThat(shards(tasks, "notes-kafka").get(1))
                .containsEntry("owner", other)
                .containsEntry("state", "RUNNING"));
        assertKafkaHasEveryVersionOnce();
    }

    /** How many rows were written to the target, the same ones again too. */
    private static int seen() throws SQLException {
        return rows("SELECT 'all', count(*) FROM seen").get("all").get(0);
    }

    private static void assertKafkaHasEveryVersionOnce() {
        List<String> expected =
                IntStream.rangeClosed(1, VERSIONS).mapToObj(Integer::toString).toList();
        Map<String, List<String>> found = records();
        assertThat(found).hasSize(DOCUMENTS);
        assertThat(found).allSatisfy((id, versions) -> assertThat(versions)
                .as(id)
                .extracting(body -> body.replaceAll(".*\"n\":(\\d+).*", "$1"))
                .containsExactlyElementsOf(expected));
    }

    /** A batch writes a document's last version only, so some are passed over; none comes twice or after a later one. */
    private static void assertSqlWasNeverTakenBack(Tasks tasks) throws SQLException {
        Set<String> poisoned = Set.of(poisoned(0), poisoned(2));
        soon(() -> assertThat(tasks.parked("notes-sql"))
                .extracting(change -> change.get("id"))
                .containsAll(poisoned));
        assertThat(number(tasks.status("notes-sql"), "parked"))
                .isEqualTo(tasks.parked("notes-sql").size())
                .isGreaterThanOrEqualTo(4);
        assertThat(parkedInPages()).isEqualTo(tasks.parked("notes-sql"));
        rows("SELECT id, n FROM notes")
                .forEach((id, versions) ->
                        assertThat(versions).as(id).allMatch(n -> poisoned.contains(id) ? n < 3 : n == VERSIONS));

        target.execute("dwh", "ALTER TABLE notes ALTER label TYPE text");
        soon(() -> assertThat(tasks.post("notes-sql", "parked/" + Api.encoded(poisoned(2)) + "/retry")
                        .isOk())
                .isTrue());
        soon(() -> assertThat(rows("SELECT id, n FROM notes").get(poisoned(2))).containsExactly(VERSIONS));
        soon(() -> assertThat(tasks.post("notes-sql", "parked/*/retry").isOk()).isTrue());
        soon(() -> assertThat(tasks.parked("notes-sql")).isEmpty());
        tasks.awaitCaughtUp("notes-sql");

        Map<String, List<Integer>> seen = rows("SELECT id, n FROM seen ORDER BY place");
        assertThat(seen).hasSize(DOCUMENTS);
        assertThat(seen).allSatisfy((id, versions) -> assertThat(versions)
                .as(id)
                .isSorted()
                .doesNotHaveDuplicates()
                .endsWith(VERSIONS));
        assertThat(rows("SELECT id, n FROM note_lines"))
                .hasSize(DOCUMENTS)
                .allSatisfy((id, versions) -> assertThat(versions).containsExactly(VERSIONS, VERSIONS));
        assertThat(rows("SELECT task, shard FROM rookery_checkpoint WHERE task = 'notes-sql' ORDER BY shard")
                        .get("notes-sql"))
                .containsExactly(0, 1, 2);
    }

    private static List<Map<String, Object>> parkedInPages() {
        List<Map<String, Object>> found = new ArrayList<>();
        String after = "";
        while (after != null) {
            Answer page = nodes.api(1).get("/tasks/notes-sql/parked?limit=3" + after);
            found.addAll(page.list("parked"));
            after = page.json().get("next") == null ? null : "&after=" + Api.encoded(page.text("next"));
        }
        return found;
    }

    private static List<Map<String, Object>> shards(Tasks tasks, String task) {
        @SuppressWarnings("unchecked")
        List<Map<String, Object>> shards =
                (List<Map<String, Object>>) tasks.status(task).get("shards");
        return shards;
    }

    private static ServerProcess owner(Tasks tasks, String task, int shard) {
        return nodes.node((String) shards(tasks, task).get(shard).get("owner"));
    }

    private static Set<Object> owners(Tasks tasks, String task) {
        Set<Object> owners = new TreeSet<>();
        shards(tasks, task).forEach(shard -> owners.add(shard.get("owner")));
        return owners;
    }

    private static long number(Map<String, Object> status, String name) {
        return (Long) status.get(name);
    }

    private static String id(int i) {
        return String.format("notes/%03d", i);
    }

    /** The first document of a shard. */
    private static String poisoned(int shard) {
        return IntStream.range(0, DOCUMENTS)
                .mapToObj(ShardedTasksIT::id)
                .filter(id -> Slots.even(3).shardOf(id) == shard)
                .findFirst()
                .orElseThrow();
    }

    /** From the third version on two documents have a label that the target refuses. */
    private static void putAll(int version) {
        Set<String> poisoned = version < 3 ? Set.of() : Set.of(poisoned(0), poisoned(2));
        for (int i = 0; i < DOCUMENTS; i++) {
            String label = poisoned.contains(id(i)) ? "much too long for it" : "fits";
            write(
                    id(i),
                    version,
                    "{\"n\":" + version + ",\"label\":\"" + label
                            + "\",\"lines\":[{\"no\":1},{\"no\":2}],\"@metadata\":{\"@collection\":\"Notes\"}}");
        }
    }

    private static void write(String id, int version, String body) {
        int[] node = {0};
        await().atMost(PATIENCE).until(() -> {
            ServerProcess asked = nodes.all().get(node[0]++ % 3);
            try {
                return new Api(asked.url(), Duration.ofSeconds(10))
                        .put("/databases/wide/docs?id=" + id, body, "Idempotency-Key", id + version)
                        .isOk();
            } catch (UncheckedIOException e) {
                return false;
            }
        });
    }

    /** The second column's numbers by the first column's text, in the order in which they come. */
    private static Map<String, List<Integer>> rows(String sql) throws SQLException {
        try (Connection connection = target.connect("dwh");
                Statement statement = connection.createStatement();
                ResultSet found = statement.executeQuery(sql)) {
            Map<String, List<Integer>> rows = new TreeMap<>();
            while (found.next()) {
                rows.computeIfAbsent(found.getString(1), absent -> new ArrayList<>())
                        .add(found.getInt(2));
            }
            return rows;
        }
    }

    /** Everything committed in the topic by now: bodies by key, in order. */
    private static Map<String, List<String>> records() {
        Map<String, Object> settings = Map.of(
                ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                broker.bootstrapServers(),
                ConsumerConfig.ISOLATION_LEVEL_CONFIG,
                "read_committed",
                ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
                false);
        try (KafkaConsumer<String, String> consumer =
                new KafkaConsumer<>(settings, new StringDeserializer(), new StringDeserializer())) {
            List<TopicPartition> partitions = consumer.partitionsFor("notes").stream()
                    .map(info -> new TopicPartition(info.topic(), info.partition()))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(Set.copyOf(partitions));
            Map<String, List<String>> records = new TreeMap<>();
            while (partitions.stream().anyMatch(partition -> consumer.position(partition) < ends.get(partition))) {
                consumer.poll(Duration.ofMillis(200))
                        .forEach(record -> records.computeIfAbsent(record.key(), absent -> new ArrayList<>())
                                .add(record.value()));
            }
            return records;
        }
    }
}
