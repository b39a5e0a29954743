package io.rookery.server;

import static io.rookery.server.blackbox.Tasks.soon;
import static org.assertj.core.api.Assertions.assertThat;

import io.rookery.samples.servers.EmbeddedPostgresServer;
import io.rookery.server.blackbox.Answer;
import io.rookery.server.blackbox.Api;
import io.rookery.server.blackbox.Nodes;
import io.rookery.server.blackbox.Tasks;
import io.rookery.server.process.ServerProcess;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** From a legacy PostgreSQL through a node's documents into another PostgreSQL, with everything that goes wrong there. */
final class PipelineIT {
    private static final String INGEST =
            """
            task: %1$s-in
            from: { database: %1$s, table: public.orders }
            to:
              documents: %1$sOrders
              id: "%1$s/{id}"
              columns: %2$s
              embed:
                lines: { table: public.lines, by: order_id, columns: [id, sku, qty] }
            on_error: { retry: 200ms..1s }
            """;
    private static final String DELIVER =
            """
            task: %1$s-out
            from: { collection: %1$sOrders }
            steps:
              - set: { label: "= %2$s" }
            to:
              sql: dwh
              schema: off
              tables:
                public.%1$s: { key: { id: $id }, columns: { status: status, label: label } }
            on_error: { retry: 200ms..1s }
            """;
    /** A statement that reads, locks or writes one of the tables. */
    private static final Pattern ON_TABLES = Pattern.compile(
            "(?i)\\b(from|join|copy|into|update|table)\\s+(only\\s+)?(\"?public\"?\\.)?\"?(orders|lines)\\b");

    @TempDir
    private static Path folder;

    private static EmbeddedPostgresServer source;
    private static EmbeddedPostgresServer target;
    private static Nodes nodes;
    private static Api api;
    private static Tasks tasks;

    @BeforeAll
    static void start() throws SQLException {
        source = EmbeddedPostgresServer.start(
                folder.resolve("source"),
                Map.of(
                        "logging_collector", "on",
                        "log_directory", "log",
                        "log_filename", "statements.log",
                        "log_statement", "all",
                        "log_replication_commands", "on"));
        target = EmbeddedPostgresServer.start(folder.resolve("target"), Map.of());
        target.createDatabase("dwh");
        nodes = Nodes.start(folder, 1).withDatabase("shop", 1);
        api = nodes.api(0);
        tasks = new Tasks(api, "shop");
        connect("dwh", target, "dwh", "postgres");
    }

    @AfterAll
    static void end() {
        nodes.close();
        target.close();
        source.close();
    }

    private static void connect(String name, EmbeddedPostgresServer server, String database, String password) {
        assertThat(api.put("/secrets/" + name, password).isOk()).isTrue();
        Answer put = api.put(
                "/connections/" + name,
                "postgres: { host: 127.0.0.1, port: " + server.port() + ", database: " + database
                        + ", user: postgres, password: \"${secret:" + name + "}\" }");
        assertThat(put.isOk()).as(put.toString()).isTrue();
    }

    /** A source database with 50 orders, its connection, and a table for them in the target. */
    private static void shop(String name) throws SQLException {
        source.createDatabase(name);
        source.execute(
                name,
                "CREATE TABLE orders (id int PRIMARY KEY, status text, note text)",
                "CREATE TABLE lines (id int PRIMARY KEY, order_id int, sku text, qty int)",
                "INSERT INTO orders SELECT i, 'new', 'note ' || i FROM generate_series(1, 50) i",
                "INSERT INTO lines SELECT i, i, 'sku ' || i, i FROM generate_series(1, 50) i");
        connect(name, source, name, "postgres");
        target.execute(
                "dwh",
                "CREATE TABLE " + name + " (id text PRIMARY KEY, status varchar(12), label text)",
                "CREATE TABLE " + name + "_seen (n serial, id text, status text)",
                "CREATE FUNCTION " + name + "_see() RETURNS trigger LANGUAGE plpgsql AS"
                        + " 'BEGIN INSERT INTO " + name + "_seen(id, status) VALUES (NEW.id, NEW.status); RETURN NEW;"
                        + " END'",
                "CREATE TRIGGER see AFTER INSERT OR UPDATE ON " + name + " FOR EACH ROW EXECUTE FUNCTION " + name
                        + "_see()");
    }

    private static List<String> rows(String sql) throws SQLException {
        try (Connection connection = target.connect("dwh");
                Statement statement = connection.createStatement();
                ResultSet found = statement.executeQuery(sql)) {
            List<String> rows = new ArrayList<>();
            while (found.next()) {
                rows.add(found.getString(1));
            }
            return rows;
        }
    }

    private static Map<String, Object> document(String id) {
        return api.get("/databases/shop/docs?id=" + id).document();
    }

    private static String statements() throws Exception {
        try (var files = Files.walk(folder.resolve("source"))) {
            Path log = files.filter(file -> file.endsWith("statements.log"))
                    .findFirst()
                    .orElseThrow();
            return Files.readString(log, StandardCharsets.UTF_8);
        }
    }

    @Test
    void shouldReachAllDocumentsWithoutTheSourceWhenMappingChanges() throws Exception {
        shop("mapped");
        tasks.put(INGEST.formatted("mapped", "[id, status]"));
        tasks.put(DELIVER.formatted("mapped", "doc.status"));
        soon(() -> assertThat(rows("SELECT id FROM mapped")).hasSize(50));
        tasks.awaitCaughtUp("mapped-in");
        String before = statements();
        assertThat(ON_TABLES.matcher(before).find())
                .as("the snapshot was logged")
                .isTrue();

        tasks.put(INGEST.formatted("mapped", "{ id: true, status: state, note: remark }")
                + "steps:\n  - set: { size: \"= doc.lines.length\" }\n");

        for (int id = 1; id <= 50; id++) {
            String path = "mapped/" + id;
            String remark = "note " + id;
            soon(() -> assertThat(document(path))
                    .containsEntry("state", "new")
                    .containsEntry("remark", remark)
                    .containsEntry("size", 1L)
                    .doesNotContainKey("status"));
        }
        tasks.awaitCaughtUp("mapped-in");
        String meanwhile = statements().substring(before.length());
        assertThat(meanwhile.lines().filter(line -> ON_TABLES.matcher(line).find()))
                .isEmpty();

        source.execute("mapped", "UPDATE orders SET note = 'changed' WHERE id = 7");
        soon(() -> assertThat(document("mapped/7")).containsEntry("remark", "changed"));
    }

    @Test
    void shouldParkTheOrdersThatAreRefusedAndDeliverTheRest() throws Exception {
        shop("poisoned");
        tasks.put(INGEST.formatted("poisoned", "\"*\""));
        tasks.put(DELIVER.formatted("poisoned", "doc.note.trim()"));
        soon(() -> assertThat(rows("SELECT id FROM poisoned")).hasSize(50));
        target.execute("dwh", "DELETE FROM poisoned_seen");

        source.execute(
                "poisoned",
                "UPDATE orders SET status = 'much too long for it 1' WHERE id = 1",
                "UPDATE orders SET note = NULL, status = 'null 1' WHERE id = 2");
        soon(() -> assertThat(tasks.parked("poisoned-out"))
                .extracting(change -> change.get("id"))
                .containsExactlyInAnyOrder("poisoned/1", "poisoned/2"));
        source.execute(
                "poisoned",
                "UPDATE orders SET status = 'fits 2' WHERE id = 1",
                "UPDATE orders SET note = 'again', status = 'null 2' WHERE id = 2");
        // changes of one order that come together are one version of its document
        soon(() -> assertThat(document("poisoned/2")).containsEntry("status", "null 2"));
        soon(() -> assertThat(document("poisoned/1")).containsEntry("status", "fits 2"));
        source.execute(
                "poisoned",
                "UPDATE orders SET status = 'much too long for it 3' WHERE id = 1",
                "UPDATE orders SET status = 'others' WHERE id > 2",
                "INSERT INTO orders SELECT i, 'late', 'note' FROM generate_series(51, 60) i");
        soon(() -> assertThat(rows("SELECT id FROM poisoned WHERE status IN ('others', 'late')"))
                .hasSize(58));
        soon(() -> assertThat(parkedChanges("poisoned/1")).hasSize(3));
        assertThat(parkedSequences("poisoned/1")).isSorted();
        assertThat(rows("SELECT status FROM poisoned WHERE id IN ('poisoned/1', 'poisoned/2')"))
                .as("nothing overtakes what is parked")
                .containsOnly("new");
        assertThat(((Number) tasks.status("poisoned-out").get("parked")).longValue())
                .isEqualTo(tasks.parked("poisoned-out").size());

        target.execute("dwh", "ALTER TABLE poisoned ALTER status TYPE text");
        tasks.put(DELIVER.formatted("poisoned", "(doc.note || '').trim()"));
        tasks.awaitState("poisoned-out", "RUNNING");
        soon(() -> assertThat(tasks.post("poisoned-out", "parked/" + Api.encoded("poisoned/1") + "/retry")
                        .status())
                .isEqualTo(200));
        soon(() -> assertThat(rows("SELECT status FROM poisoned_seen WHERE id = 'poisoned/1' ORDER BY n"))
                .containsExactly("much too long for it 1", "fits 2", "much too long for it 3"));
        soon(() -> assertThat(tasks.post("poisoned-out", "parked/*/retry").status())
                .isEqualTo(200));
        soon(() -> assertThat(rows("SELECT status FROM poisoned_seen WHERE id = 'poisoned/2' ORDER BY n"))
                .containsExactly("null 1", "null 2"));
        soon(() -> assertThat(tasks.parked("poisoned-out")).isEmpty());
        source.execute("poisoned", "UPDATE orders SET status = 'after' WHERE id = 1");
        soon(() -> assertThat(rows("SELECT status FROM poisoned WHERE id = 'poisoned/1'"))
                .containsExactly("after"));
    }

    private static List<Map<String, Object>> parkedChanges(String document) {
        return tasks.parked("poisoned-out").stream()
                .filter(change -> document.equals(change.get("id")))
                .toList();
    }

    private static List<Long> parkedSequences(String document) {
        return parkedChanges(document).stream()
                .map(change -> (Long) change.get("sequence"))
                .toList();
    }

    @Test
    void shouldWaitAndCatchUpWhenTheTargetIsDown() throws Exception {
        shop("down");
        tasks.put(INGEST.formatted("down", "\"*\""));
        tasks.put(DELIVER.formatted("down", "doc.note"));
        soon(() -> assertThat(rows("SELECT id FROM down")).hasSize(50));

        target.stop();
        source.execute("down", "UPDATE orders SET status = 'meanwhile'");
        assertThat(tasks.awaitState("down-out", "WAITING")).contains("SINK_UNREACHABLE");
        soon(() -> assertThat(document("down/50")).containsEntry("status", "meanwhile"));
        assertThat(tasks.status("down-in")).containsEntry("state", "RUNNING");
        target.startAgain();

        soon(() -> assertThat(rows("SELECT id FROM down WHERE status = 'meanwhile'"))
                .hasSize(50));
        tasks.awaitCaughtUp("down-out");
        assertThat(tasks.parked("down-out")).isEmpty();
    }

    @Test
    void shouldWaitAndCatchUpWhenTheSourceIsDown() throws Exception {
        shop("away");
        tasks.put(INGEST.formatted("away", "\"*\""));
        tasks.awaitCaughtUp("away-in");
        soon(() -> assertThat(document("away/50")).isNotNull());

        source.stop();
        assertThat(tasks.awaitState("away-in", "WAITING")).contains("SOURCE_UNREACHABLE");
        assertThat(api.post("/connections/away/check", "").body()).contains("\"ok\":false");
        source.startAgain();
        source.execute("away", "UPDATE orders SET status = 'back'", "DELETE FROM lines WHERE id = 1");

        soon(() -> assertThat(document("away/50")).containsEntry("status", "back"));
        soon(() -> assertThat(document("away/1")).containsEntry("lines", List.of()));
        tasks.awaitCaughtUp("away-in");
    }

    @Test
    void shouldParkWhatNoColumnCanHoldAndDeliverTheCorrectedDocument() throws Exception {
        target.execute("dwh", "CREATE TABLE texts (id text PRIMARY KEY, status text, label text)");
        tasks.put(DELIVER.formatted("texts", "doc.status"));
        String path = "/databases/shop/docs?id=texts/";
        for (String status : List.of("first", "nul \\u0000", "last")) {
            String id = status.substring(0, 3);
            Answer put = api.put(
                    path + id, "{\"status\":\"" + status + "\",\"@metadata\":{\"@collection\":\"textsOrders\"}}");
            assertThat(put.isOk()).as(put.toString()).isTrue();
        }
        soon(() -> assertThat(rows("SELECT id FROM texts ORDER BY id")).containsExactly("texts/fir", "texts/las"));
        soon(() -> assertThat(tasks.parked("texts-out")).hasSize(1));
        Map<String, Object> parked = tasks.parked("texts-out").get(0);
        assertThat(parked).containsEntry("id", "texts/nul");
        assertThat((String) parked.get("error")).contains("texts/nul");

        Answer edited = api.put(
                "/tasks/texts-out/parked/texts%2Fnul?sequence=" + parked.get("sequence"), "{\"status\":\"mended\"}");
        assertThat(edited.status()).as(edited.toString()).isEqualTo(200);
        soon(() -> assertThat(
                        tasks.post("texts-out", "parked/texts%2Fnul/retry").status())
                .isEqualTo(200));
        soon(() -> assertThat(rows("SELECT status FROM texts WHERE id = 'texts/nul'"))
                .containsExactly("mended"));
        assertThat(tasks.parked("texts-out")).isEmpty();
    }

    @Test
    void shouldNameTheFieldWhenATemplateHasNone() throws Exception {
        shop("nameless");
        String yaml = INGEST.formatted("nameless", "\"*\"").replace("nameless/{id}", "nameless/{number}");
        tasks.put(yaml);
        soon(() -> assertThat(tasks.parked("nameless-in")).hasSize(50));
        assertThat((String) tasks.parked("nameless-in").get(0).get("error")).contains("number");
        assertThat(tasks.status("nameless-in")).containsEntry("state", "RUNNING");
        tasks.put(INGEST.formatted("nameless", "\"*\""));
        soon(() -> assertThat(document("nameless/50")).containsEntry("status", "new"));
        soon(() -> assertThat(tasks.parked("nameless-in")).isEmpty());
        tasks.awaitCaughtUp("nameless-in");
    }

    @Test
    void shouldSayWhatIsWrongWhenTheSourceRefuses() throws Exception {
        shop("refusing");
        connect("refusing", source, "refusing", "wrong");
        source.execute(
                "refusing", "CREATE ROLE reader LOGIN PASSWORD 'right'", "ALTER TABLE lines RENAME TO lines_elsewhere");
        asReader("wrong");
        Answer check = api.post("/connections/refusing/check", "");
        assertThat(check.body()).contains("\"ok\":false").doesNotContain("wrong");

        asReader("right");
        Answer plan = tasks.plan(INGEST.formatted("refusing", "\"*\""));
        assertThat(plan.json().get("warnings").toString())
                .contains("public.lines does not exist", "may not replicate", "may not read public.orders");
        assertThat(plan.json().get("statements").toString())
                .contains("ALTER ROLE \"reader\" REPLICATION", "GRANT SELECT ON \"public\".\"orders\" TO \"reader\"");
        tasks.put(INGEST.formatted("refusing", "\"*\""));
        assertThat(tasks.awaitState("refusing-in", "FAILED", "WAITING")).contains("public.lines", "reader");

        source.execute("refusing", "ALTER TABLE lines_elsewhere RENAME TO lines");
        connect("refusing", source, "refusing", "postgres");
        soon(() -> assertThat(document("refusing/50")).containsEntry("status", "new"));
        tasks.awaitCaughtUp("refusing-in");
    }

    private static void asReader(String password) {
        api.put("/secrets/refusing", password);
        Answer put = api.put(
                "/connections/refusing",
                "postgres: { host: 127.0.0.1, port: " + source.port()
                        + ", database: refusing, user: reader, password: \"${secret:refusing}\" }");
        assertThat(put.isOk()).as(put.toString()).isTrue();
    }

    @Test
    void shouldStopLoudlyWhenTheSlotIsGoneAndHealByResync() throws Exception {
        shop("slotless");
        tasks.put(INGEST.formatted("slotless", "\"*\""));
        tasks.awaitCaughtUp("slotless-in");
        soon(() -> assertThat(document("slotless/50")).isNotNull());
        ServerProcess node = nodes.all().get(0);

        assertThat(node.stop(Duration.ofSeconds(15))).isZero();
        source.execute(
                "slotless",
                "SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE database = 'slotless'",
                "DELETE FROM orders WHERE id = 1",
                "UPDATE orders SET status = 'missed' WHERE id = 2");
        node.start();
        node.awaitReady(Duration.ofSeconds(60));

        assertThat(tasks.awaitState("slotless-in", "FAILED")).contains("SOURCE_POSITION_LOST", "resync");
        String untouched = api.get("/databases/shop/docs?id=slotless/3").header("ETag");
        assertThat(document("slotless/1")).as("nothing is guessed").isNotNull();
        soon(() -> assertThat(tasks.post("slotless-in", "resync").isOk()).isTrue());
        soon(() -> assertThat(api.get("/databases/shop/docs?id=slotless/1").status())
                .isEqualTo(404));
        soon(() -> assertThat(document("slotless/2")).containsEntry("status", "missed"));
        assertThat(api.get("/databases/shop/docs?id=slotless/3").header("ETag"))
                .as("only differences become changes")
                .isEqualTo(untouched);
        source.execute("slotless", "UPDATE orders SET status = 'followed' WHERE id = 4");
        soon(() -> assertThat(document("slotless/4")).containsEntry("status", "followed"));
    }

    @Test
    void shouldPrintTheSqlWhenTheServerDoesNotLogLogically() throws Exception {
        try (EmbeddedPostgresServer plain =
                EmbeddedPostgresServer.start(folder.resolve("plain"), Map.of("wal_level", "replica"))) {
            plain.execute(
                    "postgres",
                    "CREATE TABLE orders (id int PRIMARY KEY, status text)",
                    "CREATE TABLE lines (id int PRIMARY KEY, order_id int, sku text, qty int)");
            connect("plain", plain, "postgres", "postgres");
            String yaml = INGEST.formatted("plain", "\"*\"");

            assertThat(tasks.plan(yaml).json().get("statements").toString())
                    .contains("ALTER SYSTEM SET wal_level = 'logical'");
            tasks.put(yaml);
            assertThat(tasks.awaitState("plain-in", "FAILED", "WAITING"))
                    .contains("SOURCE_REFUSED", "ALTER SYSTEM SET wal_level = 'logical'");
        }
    }
}
