package io.rookery.sinks.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rookery.api.Batch;
import io.rookery.api.Change;
import io.rookery.api.Checkpoint;
import io.rookery.api.ErrorCode;
import io.rookery.api.Json;
import io.rookery.api.Operation;
import io.rookery.api.RejectedChangeException;
import io.rookery.api.RookeryException;
import io.rookery.api.Setting;
import io.rookery.api.Sink;
import io.rookery.api.SinkContract;
import io.rookery.api.SinkRequest;
import io.rookery.api.TransientSinkException;
import io.rookery.samples.servers.EmbeddedPostgresServer;
import io.rookery.sinks.Fields;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class SqlSinkIT extends SinkContract {
    private static EmbeddedPostgresServer postgres;
    private static int databases;
    private final List<Sink> mine = new ArrayList<>();
    private String database;

    @BeforeAll
    static void start() {
        postgres = EmbeddedPostgresServer.start();
    }

    @AfterAll
    static void stop() {
        postgres.close();
    }

    @BeforeEach
    void emptyTarget() throws SQLException {
        database = "dwh" + databases++;
        postgres.createDatabase(database);
    }

    @AfterEach
    void closeMine() {
        mine.forEach(Sink::close);
    }

    private Map<String, Object> connection() {
        return Map.of(
                "host",
                "localhost",
                "port",
                (long) postgres.port(),
                "database",
                database,
                "user",
                "postgres",
                "password",
                "postgres",
                "tls",
                "disable");
    }

    private Sink sink(Map<String, Object> to, Map<String, Object> connection) {
        Map<String, Object> all = new LinkedHashMap<>(to);
        all.put("sql", "dwh");
        Sink sink = new SqlSinkFactory()
                .create(new SinkRequest("c1", TASK, 0, Setting.of(all), Setting.of(connection), new Fields()));
        mine.add(sink);
        return sink;
    }

    @Override
    protected Sink sink() {
        return sink(
                Map.of(
                        "tables",
                        Map.of(
                                "things",
                                Map.of(
                                        "key", Map.of("id", "$id"),
                                        "columns", Map.of("name", Map.of("from", "name", "type", "varchar(20)"))))),
                connection());
    }

    @Override
    protected Map<String, Object> delivered() {
        Map<String, Object> found = new HashMap<>();
        if (!query("SELECT to_regclass('things')").get(0).equals("null")) {
            for (String row : query("SELECT id || '=' || name FROM things")) {
                found.put(row.split("=")[0], Map.of("name", row.split("=")[1]));
            }
        }
        return found;
    }

    @Override
    protected Change rejected(long sequence, String id) {
        return put(sequence, id, "a name that is longer than twenty characters");
    }

    private List<String> query(String sql) {
        try (Connection connection = postgres.connect(database);
                Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(sql)) {
            List<String> rows = new ArrayList<>();
            while (result.next()) {
                rows.add(String.valueOf(result.getString(1)));
            }
            return rows;
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Map<String, Object> orders(String schema) {
        Map<String, Object> key = new LinkedHashMap<>();
        key.put("order_id", "$id");
        key.put("line_no", "$item.line_no");
        Map<String, Object> tables = new LinkedHashMap<>();
        tables.put(
                "sales.orders",
                Map.of(
                        "key", Map.of("order_id", "$id"),
                        "columns", Map.of("status", "status", "extra", "extra", "updated_at", "$ts")));
        tables.put(
                "sales.order_lines",
                Map.of(
                        "key",
                        key,
                        "each",
                        "lines",
                        "columns",
                        Map.of("amount", Map.of("from", "= $item.qty * $item.price", "type", "numeric(18,4)"))));
        return Map.of("schema", schema, "tables", tables);
    }

    private static Change order(long sequence, String id, String body) {
        return new Change(sequence, Operation.UPDATE, id, "Orders", 1_700_000_000_123L, Json.parse(body), null, null);
    }

    private static Batch one(Change... changes) {
        long sequence = changes[changes.length - 1].sequence();
        return batch(new Checkpoint(1, sequence, 0), changes);
    }

    @Test
    void shouldKeepChildrenInStepWithTheArrayAndNumbersExact() {
        // given
        Sink sink = sink(orders("create"), connection());
        sink.open(1);
        sink.write(one(
                order(
                        1,
                        "orders/1",
                        "{\"status\":\"NEW\",\"extra\":{\"a\":[1]},\"lines\":["
                                + "{\"line_no\":1,\"qty\":3,\"price\":99999999999.1234},{\"line_no\":2,\"qty\":1,\"price\":0.0001}]}"),
                order(2, "orders/2", "{\"status\":\"NEW\",\"lines\":[{\"line_no\":1,\"qty\":1,\"price\":1}]}")));
        List<String> before = query("SELECT xmin::text FROM sales.order_lines WHERE order_id = 'orders/2'");

        // when
        sink.write(one(order(
                3,
                "orders/1",
                "{\"status\":\"PAID\",\"lines\":[{\"line_no\":1,\"qty\":3,\"price\":99999999999.1234}]}")));

        // then only what vanished went, and nobody else was touched
        assertThat(query("SELECT order_id || ' ' || line_no || ' ' || amount FROM sales.order_lines ORDER BY 1"))
                .containsExactly("orders/1 1 299999999997.3702", "orders/2 1 1.0000");
        assertThat(query("SELECT xmin::text FROM sales.order_lines WHERE order_id = 'orders/2'"))
                .isEqualTo(before);
        assertThat(query("SELECT status || ' ' || (extract(epoch FROM updated_at) * 1000)::bigint FROM sales.orders"
                        + " ORDER BY order_id"))
                .containsExactly("PAID 1700000000123", "NEW 1700000000123");

        // when
        sink.write(one(delete(4, "orders/1")));

        // then
        assertThat(query("SELECT order_id FROM sales.order_lines UNION SELECT order_id FROM sales.orders"))
                .containsExactly("orders/2");
    }

    @Test
    void shouldSayWhichColumnRefusesWithoutShowingTheValue() throws SQLException {
        // given
        Sink sink = sink();
        sink.open(1);

        // when, then
        assertThatThrownBy(() -> sink.write(one(rejected(1, "a"))))
                .isInstanceOf(RejectedChangeException.class)
                .hasMessageContaining("things")
                .hasMessageContaining("name")
                .hasMessageContaining("varying(20)")
                .hasMessageContaining("44 characters")
                .hasMessageNotContaining("longer than twenty");
    }

    @Test
    void shouldRejectNulInAText() {
        Sink sink = sink();
        sink.open(1);
        assertThatThrownBy(() -> sink.write(one(put(1, "a", "x"), put(2, "b", "nul\0"))))
                .isInstanceOfSatisfying(RejectedChangeException.class, e -> assertThat(e.sequence())
                        .isEqualTo(2))
                .hasMessageContaining("NUL");
    }

    @Test
    void shouldRefuseAMissingDatabase() {
        Map<String, Object> wrong = new HashMap<>(connection());
        wrong.put("database", "nowhere");
        assertThatThrownBy(() -> sink(orders("off"), wrong).open(1))
                .isInstanceOfSatisfying(
                        RookeryException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.SINK_REFUSED));
    }

    @Test
    void shouldRefuseAUserWithoutRights() throws SQLException {
        // given
        postgres.execute(database, "CREATE ROLE poor" + database + " LOGIN PASSWORD 'x'");
        Map<String, Object> poor = new HashMap<>(connection());
        poor.put("user", "poor" + database);
        poor.put("password", "x");

        // when, then
        assertThatThrownBy(() -> sink(orders("off"), poor).open(1))
                .isInstanceOfSatisfying(
                        RookeryException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.SINK_REFUSED))
                .hasMessageContaining("CREATE TABLE");
    }

    @Test
    void shouldListWhatIsMissingWhenValidating() throws SQLException {
        postgres.execute(database, "CREATE SCHEMA sales", "CREATE TABLE sales.orders (order_id text PRIMARY KEY)");
        assertThatThrownBy(() -> sink(orders("validate"), connection()).open(1))
                .isInstanceOfSatisfying(
                        RookeryException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.SINK_REFUSED))
                .hasMessageContaining("table sales.order_lines")
                .hasMessageContaining("column status of sales.orders");
    }

    @Test
    void shouldAddColumnsWhenEvolving() throws SQLException {
        // given
        postgres.execute(
                database, "CREATE SCHEMA sales", "CREATE TABLE sales.orders (order_id text PRIMARY KEY, old int)");
        Sink sink = sink(orders("evolve"), connection());
        sink.open(1);

        // when
        sink.write(one(order(1, "orders/1", "{\"status\":\"NEW\",\"extra\":{\"a\":1}}")));

        // then
        assertThat(
                        query(
                                "SELECT pg_typeof(extra) || ' ' || pg_typeof(updated_at) || ' ' || (old IS NULL) FROM sales.orders"))
                .containsExactly("jsonb timestamp with time zone true");
    }

    @Test
    void shouldGoOnAfterTheTargetWasAway() {
        // given
        Sink sink = sink();
        sink.open(1);
        sink.write(one(put(1, "a", "one")));

        // when
        postgres.stop();
        try {
            assertThatThrownBy(() -> sink.write(one(put(2, "b", "two")))).isInstanceOf(TransientSinkException.class);
            assertThatThrownBy(() -> sink.write(one(put(2, "b", "two")))).isInstanceOf(TransientSinkException.class);
        } finally {
            postgres.startAgain();
        }
        sink.write(one(put(2, "b", "two")));

        // then
        assertThat(delivered()).isEqualTo(Map.of("a", body("one"), "b", body("two")));
    }

    @Test
    void shouldHaveNoSecondEffectOfARepeatedBatch() {
        // given
        Sink sink = sink();
        sink.open(1);
        sink.write(one(put(1, "a", "one")));
        sink.write(one(put(2, "a", "two")));

        // when
        sink.write(one(put(1, "a", "one")));

        // then
        assertThat(delivered()).isEqualTo(Map.of("a", body("two")));
        assertThat(query("SELECT sequence FROM rookery_checkpoint")).containsExactly("2");
    }

    @Test
    void shouldMarkInsteadOfDelete() {
        // given
        Map<String, Object> to = new HashMap<>(orders("create"));
        to.put("deletes", Map.of("mark", "deleted_at"));
        Sink sink = sink(to, connection());
        sink.open(1);
        sink.write(one(order(1, "orders/1", "{\"lines\":[{\"line_no\":1,\"qty\":1,\"price\":1}]}")));

        // when
        sink.write(one(delete(2, "orders/1")));

        // then
        assertThat(query("SELECT deleted_at IS NOT NULL FROM sales.orders")).containsExactly("t");
        assertThat(query("SELECT deleted_at IS NOT NULL FROM sales.order_lines"))
                .containsExactly("t");

        // when it comes back
        sink.write(one(order(3, "orders/1", "{}")));

        // then
        assertThat(query("SELECT deleted_at IS NULL FROM sales.orders")).containsExactly("t");
    }

    @Test
    void shouldTakeWhatAScriptLoads() {
        // given
        Map<String, Object> key = new LinkedHashMap<>();
        key.put("order_id", "$id");
        key.put("no", "no");
        Map<String, Object> tables = new LinkedHashMap<>();
        tables.put("Orders", Map.of("key", Map.of("id", "$id")));
        tables.put("order_lines", Map.of("key", key));
        Sink sink = sink(Map.of("tables", tables), connection());
        sink.open(1);
        Change change = order(1, "orders/1", "{}");

        // when
        sink.write(one(
                change.loadedTo("Orders", Json.parse("{\"total\":12.50}")),
                change.loadedTo("OrderLines", Json.parse("{\"no\":1,\"sku\":\"A\"}")),
                change.loadedTo("OrderLines", Json.parse("{\"no\":2,\"sku\":\"B\"}"))));
        Change later = order(2, "orders/1", "{}");
        sink.write(one(
                later.loadedTo("Orders", Json.parse("{\"total\":5}")),
                later.loadedTo("OrderLines", Json.parse("{\"no\":2}"))));

        // then
        assertThat(query("SELECT total FROM \"Orders\"")).containsExactly("5");
        assertThat(query("SELECT no || coalesce(sku, '-') FROM order_lines")).containsExactly("2-");
    }

    @Test
    void shouldTakeABigDocument() {
        Sink sink = sink(orders("create"), connection());
        sink.open(1);
        sink.write(one(order(1, "orders/1", "{\"extra\":\"" + "x".repeat(8 << 20) + "\"}")));
        assertThat(query("SELECT length(extra) FROM sales.orders")).containsExactly(String.valueOf(8 << 20));
    }

    @Test
    void shouldRejectWhatAScriptLoadsToAnUnknownTable() {
        // given
        Sink sink = sink(Map.of("tables", Map.of("sales.orders", Map.of("key", Map.of("id", "$id")))), connection());
        sink.open(1);

        // when, then
        assertThatThrownBy(() -> sink.write(one(
                        order(1, "orders/1", "{}").loadedTo("Orders", Json.parse("{\"total\":1}")),
                        order(2, "orders/2", "{}").loadedTo("Invoices", Json.parse("{\"total\":2}")))))
                .isInstanceOfSatisfying(RejectedChangeException.class, e -> assertThat(e.sequence())
                        .isEqualTo(2))
                .hasMessageContaining("'Invoices'")
                .hasMessageContaining("known are orders");
        assertThat(query("SELECT to_regclass('sales.orders') IS NULL")).containsExactly("t");
    }

    @Test
    void shouldNeverGoBackToAnOlderVersionWhereTheSequenceIsAColumn() {
        // given
        Map<String, Object> columns = Map.of("name", "name", "seq", Map.of("from", "$seq", "type", "bigint"));
        Map<String, Object> things = Map.of("key", Map.of("id", "$id"), "columns", columns);
        Sink sink = sink(Map.of("tables", Map.of("things", things)), connection());
        sink.open(1);
        sink.write(one(put(1, "a", "one"), put(2, "b", "two"), delete(3, "b")));
        sink.write(one(put(4, "a", "four"), put(5, "b", "five")));

        // when
        sink.write(batch(new Checkpoint(1, 0, 0)));
        sink.write(one(put(1, "a", "one"), put(2, "b", "two"), delete(3, "b")));

        // then the replay's old versions and old delete change nothing
        assertThat(delivered()).isEqualTo(Map.of("a", body("four"), "b", body("five")));

        // when the same versions come again from other steps
        sink.write(one(put(4, "a", "vier"), put(5, "b", "fünf")));

        // then
        assertThat(delivered()).isEqualTo(Map.of("a", body("vier"), "b", body("fünf")));
    }
}
