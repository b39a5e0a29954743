package io.rookery.samples.shop;

import static org.assertj.core.api.Assertions.assertThat;

import io.rookery.samples.servers.EmbeddedPostgresServer;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class ShopSourceIT {
    private static EmbeddedPostgresServer postgres;

    @BeforeAll
    static void start() {
        postgres = EmbeddedPostgresServer.start();
    }

    @AfterAll
    static void stop() {
        postgres.close();
    }

    private static Connection filled(String database, int scale) throws SQLException {
        postgres.createDatabase(database);
        Connection connection = postgres.connect(database);
        new ShopGenerator(scale).fill(connection);
        return connection;
    }

    private static long count(Connection connection, String what) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery("SELECT count(*) FROM " + what)) {
            result.next();
            return result.getLong(1);
        }
    }

    @Test
    void shouldAssembleAnOrderFromAllItsTables() throws SQLException {
        try (Connection connection = filled("assembled", 1)) {
            Map<String, Map<String, Object>> documents = new ShopSource(connection).documents();

            assertThat(documents).hasSize(1_200);
            assertThat(documents.get("orders/13"))
                    .containsEntry("tenant", "EU")
                    .containsEntry("status", "PAID")
                    .containsEntry("customer_id", 14L)
                    .containsEntry("customer", "customers/14")
                    .containsEntry("customerName", "Customer 14")
                    .containsEntry("placed_at", Instant.parse("2025-01-01T00:13:13.000013Z"))
                    .containsEntry("lineCount", 4L)
                    .containsEntry(
                            "notes",
                            List.of(Map.of("noted_at", Instant.parse("2025-03-01T00:13:00Z"), "note", "call back")))
                    .doesNotContainKeys("internal_note", "status_cd", "payload", "payment", "terms");
            assertThat((List<?>) documents.get("orders/13").get("lines"))
                    .last()
                    .isEqualTo(Map.of(
                            "id",
                            134L,
                            "line_no",
                            4L,
                            "sku",
                            "SKU-3",
                            "qty",
                            3L,
                            "unit_price",
                            new BigDecimal("13.5000"),
                            "discounts",
                            List.of(Map.of("code", "SPRING", "percent", new BigDecimal("19.00")))));
            assertThat(documents.get("orders/10"))
                    .doesNotContainKeys("customer_id", "customer", "customerName")
                    .extractingByKey("terms")
                    .asString()
                    .hasSize(32 * 120);
            assertThat(documents.get("orders/51"))
                    .containsEntry("customer", "customers/9000051")
                    .doesNotContainKey("customerName");
            assertThat(ShopClient.object(documents.get("orders/1").get("payment")))
                    .containsEntry("amount", new BigDecimal("11.0500"))
                    .containsEntry("paid_on", "2025-02-02");
        }
    }

    /** Line 101 is the first of order 10: without an order it is nobody's, also not that of the order with its number. */
    @Test
    void shouldGiveALineWithoutAnOrderToNobody() throws SQLException {
        try (Connection connection = filled("detached", 1)) {
            Object before =
                    new ShopSource(connection).documents().get("orders/101").get("lines");
            try (Statement statement = connection.createStatement()) {
                assertThat(statement.executeUpdate("UPDATE order_lines SET order_id = NULL WHERE id = 101"))
                        .isEqualTo(1);
            }
            connection.commit();

            Map<String, Map<String, Object>> documents = new ShopSource(connection).documents();

            assertThat(documents.get("orders/101")).containsEntry("lines", before);
            assertThat((List<?>) documents.get("orders/10").get("lines"))
                    .noneMatch(line -> ShopClient.object(line).get("id").equals(101L));
        }
    }

    @Test
    void shouldGrowWithTheScale() throws SQLException {
        try (Connection connection = filled("grown", 3)) {
            assertThat(count(connection, "orders")).isEqualTo(3_000);
            assertThat(count(connection, "customers")).isEqualTo(600);
            assertThat(count(connection, "order_lines")).isEqualTo(9_000);
        }
    }

    @Test
    void shouldTakeTheSameStepsFromTheSameSeed() throws SQLException {
        try (Connection first = filled("first", 1);
                Connection second = filled("second", 1)) {
            write(first, 7);
            write(second, 7);

            assertThat(new ShopSource(first).documents()).isEqualTo(new ShopSource(second).documents());
        }
    }

    @Test
    void shouldDoAllThatHappensInAShop() throws SQLException {
        try (Connection connection = filled("lively", 1)) {
            Map<String, Map<String, Object>> before = new ShopSource(connection).documents();
            write(connection, 1);
            Map<String, Map<String, Object>> after = new ShopSource(connection).documents();

            assertThat(count(connection, "order_lines WHERE order_id <> id / 10"))
                    .as("lines that moved")
                    .isPositive();
            assertThat(count(connection, "order_lines WHERE order_id IS NULL"))
                    .as("lines of no order")
                    .isPositive();
            assertThat(count(connection, "payments p WHERE NOT EXISTS (SELECT 1 FROM orders WHERE id = p.order_id)"))
                    .as("payments before their order, or of none")
                    .isPositive();
            assertThat(count(
                            connection,
                            "(SELECT order_id FROM payments WHERE order_id IS NOT NULL GROUP BY 1"
                                    + " HAVING count(*) > 1) twice"))
                    .as("orders with two payments, which the document has no room for")
                    .isZero();
            assertThat(count(connection, "customers WHERE name LIKE 'Renamed %'"))
                    .isPositive();
            assertThat(count(connection, "customers WHERE id > " + ShopGenerator.MISSING_CUSTOMERS))
                    .isPositive();
            assertThat(count(connection, "line_discounts WHERE code LIKE 'MOVED-%'"))
                    .isPositive();
            assertThat(count(connection, "orders WHERE terms IS NOT NULL AND internal_note LIKE 'step %'"))
                    .as("changes that leave the long text alone")
                    .isPositive();
            assertThat(before.keySet()).as("deleted").anyMatch(id -> !after.containsKey(id));
            assertThat(after.keySet()).as("new").anyMatch(id -> !before.containsKey(id));
        }
    }

    private static void write(Connection connection, long seed) throws SQLException {
        ShopWriter writer = new ShopWriter(connection, new ShopGenerator(1), seed);
        for (int step = 0; step < 1_500; step++) {
            writer.step();
        }
        assertThat(writer.steps()).isEqualTo(1_500);
        assertThat(writer.rows()).isGreaterThan(1_500);
    }
}
