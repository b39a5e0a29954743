package io.rookery.samples.shop;

import static org.assertj.core.api.Assertions.assertThat;

import io.rookery.api.Json;
import io.rookery.samples.servers.EmbeddedPostgresServer;
import io.rookery.samples.shop.KafkaHistory.Delivery;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A verdict of "equal" is worth something only because every kind of difference is found. */
class ShopComparisonIT {
    private static final String BODY =
            "{\"id\":1,\"status\":\"NEW\",\"placed_at\":\"2025-01-01T00:00:00Z\",\"customer\":\"customers/7\","
                    + "\"lineCount\":1,\"lines\":[{\"id\":11,\"sku\":\"A\",\"qty\":2,\"unit_price\":1.5000}]";

    private static EmbeddedPostgresServer postgres;

    @BeforeAll
    static void start() throws SQLException {
        postgres = EmbeddedPostgresServer.start();
        postgres.execute("postgres", ShopFiles.sql("reporting.sql"));
    }

    @AfterAll
    static void stop() {
        postgres.close();
    }

    @BeforeEach
    void report() throws SQLException {
        execute(
                "TRUNCATE orders, order_lines, ledger",
                "INSERT INTO orders VALUES ('orders/1', 'NEW', 'customers/7', NULL, 1, NULL, 5)",
                "INSERT INTO order_lines VALUES ('orders/1', 11, 'A', 2, 1.5)");
    }

    private static void execute(String... sql) throws SQLException {
        postgres.execute("postgres", sql);
    }

    private static Map<String, Map<String, Object>> documents() {
        Map<String, Object> document =
                new LinkedHashMap<>(Json.parse(BODY + "}").asObject());
        document.put("@metadata", Map.of("@id", "orders/1", "@change-vector", "A:5"));
        return new TreeMap<>(Map.of("orders/1", document));
    }

    private static Map<String, Object> row() {
        Map<String, Object> line = Map.of("id", 11L, "sku", "A", "qty", 2L, "unit_price", new BigDecimal("1.5000"));
        return new LinkedHashMap<>(Map.of(
                "id",
                1L,
                "status",
                "NEW",
                "placed_at",
                Instant.parse("2025-01-01T00:00:00Z"),
                "customer",
                "customers/7",
                "lineCount",
                1L,
                "lines",
                List.of(line)));
    }

    private static List<String> source(Map<String, Map<String, Object>> expected) {
        ShopComparison comparison = new ShopComparison(documents());
        comparison.withSource(expected);
        return comparison.verdict().differences();
    }

    @Test
    void shouldFindWhereADocumentDiffersFromItsRows() {
        Map<String, Object> changed = row();
        changed.put("status", "PAID");

        assertThat(source(Map.of("orders/1", row()))).isEmpty();
        assertThat(source(Map.of("orders/1", changed)))
                .containsExactly("document orders/1.status: expected PAID but found NEW");
        assertThat(source(Map.of())).hasSize(1);
        assertThat(source(Map.of("orders/1", row(), "orders/2", row()))).hasSize(1);
    }

    private static List<String> reporting() throws SQLException {
        ShopComparison comparison = new ShopComparison(documents());
        try (Connection connection = postgres.connect("postgres")) {
            comparison.withReporting(connection);
        }
        return comparison.verdict().differences();
    }

    @Test
    void shouldFindWhereRowsDifferFromTheDocument() throws SQLException {
        assertThat(reporting()).isEmpty();
        execute("UPDATE order_lines SET qty = 3");
        assertThat(reporting()).containsExactly("line row orders/1 11.qty: expected 2 but found 3");
        execute("DELETE FROM order_lines");
        assertThat(reporting()).hasSize(1);
    }

    @Test
    void shouldFindAChangeThatTookEffectTwice() throws SQLException {
        execute("UPDATE orders SET seq = 5");

        assertThat(reporting()).containsExactly("ledger: the change orders/1 5 took effect twice");
    }

    private static List<String> kafka(Delivery... deliveries) {
        ShopComparison comparison = new ShopComparison(documents());
        comparison.withKafka(Map.of("orders/1", List.of(deliveries)));
        return comparison.verdict().differences();
    }

    @Test
    void shouldFindRecordsThatAreTwiceOrOutOfOrderOrMissing() {
        Json now = Json.parse(BODY + "}");

        assertThat(kafka(new Delivery(3, null), new Delivery(5, now))).isEmpty();
        assertThat(kafka(new Delivery(5, now), new Delivery(5, now))).hasSize(1);
        assertThat(kafka(new Delivery(6, now), new Delivery(5, now))).hasSize(1);
        assertThat(kafka(new Delivery(4, now))).hasSize(1);
        assertThat(kafka(new Delivery(5, null))).isNotEmpty();
        assertThat(kafka()).isNotEmpty();
    }
}
