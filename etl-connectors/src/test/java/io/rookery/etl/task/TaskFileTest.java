package io.rookery.etl.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rookery.api.ErrorCode;
import io.rookery.api.RookeryException;
import io.rookery.etl.mirror.MirrorDefinition;
import io.rookery.etl.task.ErrorPolicy.Breaker;
import io.rookery.etl.task.ErrorPolicy.Poison;
import io.rookery.etl.task.TaskDefinition.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TaskFileTest {
    private static final String MINIMUM =
            """
            task: customers-in
            from: { database: legacy, table: public.customers }
            to: { documents: Customers }
            """;
    private static final String OUT = "task: out\nfrom: { collection: Orders }\nto: { sql: dwh }\n";

    private static List<TaskDefinition> parse(String text) {
        return TaskFile.parse("t.yaml", text, NamedSink.all());
    }

    private static void refused(ErrorCode code, String text, String... parts) {
        assertThatThrownBy(() -> {
                    for (TaskDefinition task : parse(text)) {
                        if (task.kind() == Kind.INGEST) {
                            MirrorDefinition.of(task);
                        }
                    }
                })
                .isInstanceOfSatisfying(
                        RookeryException.class, e -> assertThat(e.code()).isEqualTo(code))
                .satisfies(e -> assertThat(e.getMessage()).contains(parts));
    }

    private static void refused(String text, String... parts) {
        refused(ErrorCode.BAD_TASK, text, parts);
    }

    @Test
    void shouldFillInTheDefaultsOfTheShortestTask() {
        TaskDefinition task = parse(MINIMUM).get(0);

        assertThat(task.name()).isEqualTo("customers-in");
        assertThat(task.kind()).isEqualTo(Kind.INGEST);
        assertThat(task.unit()).isEqualTo("source-legacy");
        assertThat(task.enabled()).isTrue();
        assertThat(task.steps()).isEmpty();
        assertThat(task.onError()).isEqualTo(ErrorPolicy.DEFAULT);
        assertThat(task.batch()).isEqualTo(BatchPolicy.DEFAULT);
        assertThat(MirrorDefinition.of(task).tables()).containsExactly("public.customers");
    }

    @Test
    void shouldReadEveryKey() {
        TaskDefinition task = parse(
                        """
                        task: out
                        description: What it is for
                        labels: { team: dwh, tier: 1 }
                        enabled: false
                        from: { collection: Orders }
                        steps:
                          - filter: doc.a === 1
                        to: { kafka: main, topic: t }
                        on_error: { retry: 200ms..2m, for: 2h, poison: stop, order: overtake, stop_after: 1% of 10000 }
                        batch: { max: 10, bytes: 512KB, wait: 5ms }
                        parallel: 1
                        tests: []
                        """)
                .get(0);

        assertThat(task.description()).isEqualTo("What it is for");
        assertThat(task.labels()).isEqualTo(Map.of("team", "dwh", "tier", "1"));
        assertThat(task.enabled()).isFalse();
        assertThat(task.unit()).isEqualTo("task-out");
        assertThat(task.connection()).isEqualTo("main");
        assertThat(task.sinkKind()).isEqualTo("kafka");
        assertThat(task.collection()).isEqualTo("Orders");
        assertThat(task.onError())
                .isEqualTo(new ErrorPolicy(
                        Duration.ofMillis(200),
                        Duration.ofMinutes(2),
                        java.util.Optional.of(Duration.ofHours(2)),
                        Poison.STOP,
                        false,
                        new Breaker(100, 10_000)));
        assertThat(task.batch()).isEqualTo(new BatchPolicy(10, 512 << 10, Duration.ofMillis(5)));
    }

    @Test
    void shouldKeepEachTasksOwnTextAndPlaces() {
        List<TaskDefinition> tasks = parse("# both\n" + MINIMUM + "---\n" + OUT);

        assertThat(tasks).extracting(TaskDefinition::name).containsExactly("customers-in", "out");
        assertThat(tasks.get(1).text()).isEqualTo(OUT);
        assertThat(tasks.get(0).text()).isEqualTo(MINIMUM);
        refused(MINIMUM + "---\n" + OUT + "bach: {}\n", "t.yaml:8:1: Unknown key 'bach'; did you mean 'batch'?");
    }

    @Test
    void shouldNameLineColumnAndNearestKeyOfUnknownKeys() {
        refused(MINIMUM + "form: x\n", "t.yaml:4:7: Unknown key 'form'; did you mean 'from'?");
        refused(MINIMUM + "apiVersion: v1\n", "Unknown key 'apiVersion'; known are task, description");
        refused(MINIMUM.replace("table:", "tabel:"), "t.yaml:2:", "'tabel'; did you mean 'table'?");
        refused(MINIMUM.replace("Customers }", "Customers, colums: [id] }"), "'colums'; did you mean 'columns'?");
        refused(OUT + "on_error: { retrys: 1 }\n", "'retrys'; did you mean 'retry'?");
        refused(OUT + "batch: { size: 1 }\n", "Unknown key 'size'");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
            retry: 5m..1s      | two durations like 1s..5m
            retry: 0s..1s      | two durations
            retry: 1s          | two durations
            retry: often       | two durations
            for: x             | a duration like
            poison: ignore     | one of park, skip, stop
            order: any         | one of hold-key, overtake
            stop_after: 0      | a whole number from 1
            stop_after: 1%     | a share like '1% of 10000'
            """)
    void shouldSayWhatAnErrorPolicyExpects(String entry, String expected) {
        refused(OUT + "on_error: { " + entry + " }\n", "t.yaml:4:", expected);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
            max: 0         | a whole number from 1 to 100000
            max: many      | a whole number
            bytes: 8       | a size like 512KB or 8MB
            bytes: 100MB   | from 1KB to 64MB
            wait: 20       | a duration
            """)
    void shouldSayWhatABatchExpects(String entry, String expected) {
        refused(OUT + "batch: { " + entry + " }\n", "t.yaml:4:", expected);
    }

    @Test
    void shouldRefuseWhatIsNoTask() {
        refused("", "t.yaml: Expected a task but found nothing");
        refused("- a\n", "Expected a mapping");
        refused("from: {}\nto: {}\n", "Expected the key 'task' but it is missing");
        refused("task: Not_Good\n", "t.yaml:1:7: Expected a name of at most 63 small letters");
        refused("task: a\n", "Expected the key 'from'");
        refused("task: a\nfrom: { collection: A }\n", "Expected the key 'to'");
        refused("task: a\nfrom: {}\nto: {}\n", "'database' or 'collection' in from but found nothing");
        refused("task: a\nfrom: { file: x }\nto: {}\n", "but found file");
        refused("task: a\nfrom: { collection: A, table: b }\nto: { sql: x }\n", "Unknown key 'table'");
        refused(
                "task: a\nfrom: { collection: A }\nto: { sqll: x }\n",
                "Expected one of camel, kafka, sql",
                "found sqll");
        refused("task: a\nfrom: { database: d, table: t }\nto: { sql: x }\n", "Expected the key 'documents' in to");
        refused(OUT + "enabled: maybe\n", "Expected true or false for enabled");
        refused(OUT + "steps: { filter: x }\n", "Expected a list for steps");
        refused(OUT + "---\n" + OUT, "t.yaml:5:", "Found the task 'out' twice");
    }

    @Test
    void shouldSayWhatThisVersionDoesNotHave() {
        refused(ErrorCode.NOT_SUPPORTED, OUT + "parallel: 4\n", "t.yaml:4:", "more than one lane a task");
        refused(ErrorCode.NOT_SUPPORTED, OUT + "schedule: every 15m\n", "scheduled pulls");
        refused(ErrorCode.NOT_SUPPORTED, "task: a\nfrom: { kafka: m }\nto: { documents: A }\n", "Kafka and Camel");
        refused(
                ErrorCode.NOT_SUPPORTED,
                "task: a\nfrom: { collection: A }\nto: { opensearch: s }\n",
                "the target 'opensearch'");
    }

    @Test
    void shouldSayWhatAMappingOfRowsExpects() {
        String head = "task: a\nfrom: { database: d, table: t }\nto:\n  documents: A\n";
        refused(head + "  id: plain\n", "t.yaml:5:7: Expected a column in braces, like orders/{id}");
        refused(head + "  id: \"a/{}\"\n", "Expected a column between braces");
        refused(head + "  deletes: never\n", "one of remove, keep, mark");
        refused(head + "  max_items: 0\n", "a whole number from 1 to 1000000");
        refused(head + "  columns: id\n", "Expected one of *");
        refused(head + "  columns: { a: { as: b, type: xml } }\n", "one of json, text");
        refused(head + "  embed: { l: { by: t_id } }\n", "Expected the key 'table' in to.embed.l");
        refused(head + "  embed: { l: { table: l, by: [] } }\n", "at least one column");
        refused(head + "  embed: { l: { table: l, by: a, as: list } }\n", "one of array, map, one");
        refused(head + "  embed: { l: { table: l, by: a, as: map } }\n", "Expected the key 'key' in to.embed.l");
        refused(head + "  copy: { c: { table: c, by: c_id } }\n", "Expected the key 'take' in to.copy.c");
        refused(head + "  link: { c: { by: c_id } }\n", "Expected the key 'id' in to.link.c");
        refused(head.replace("table: t }", "table: t, snapshot: none }"), "one of initial");
    }

    /** The examples of the reference, as far as this version has what they use. */
    @Test
    void shouldParseTheExamplesOfTheReference() {
        List<TaskDefinition> tasks = parse(
                """
                task: shop-orders
                description: Orders with lines, discounts and payment; the customer's name copied and kept fresh
                from:
                  database: legacy
                  snapshot: initial
                  table: public.orders
                to:
                  documents: Orders
                  id: orders/{id}
                  columns:
                    "*": true
                    internal_note: false
                    status_cd: status
                    payload: { as: payload, type: json }
                  embed:
                    lines:
                      table: public.order_lines
                      by: order_id
                      as: array
                      sort: line_no
                      columns: [line_no, sku, qty, unit_price]
                      embed:
                        discounts: { table: public.line_discounts, by: line_id, columns: [code, percent] }
                    payment: { table: public.payments, by: order_id, as: one }
                  link:
                    customer: { by: customer_id, id: "customers/{customer_id}" }
                  copy:
                    customerName: { table: public.customers, by: customer_id, take: name }
                  deletes: remove
                steps:
                  - filter: doc.tenant === 'EU' && doc.status !== 'TEST'
                  - set: { total: "= doc.lines.reduce((s, l) => s + l.qty * l.unit_price, 0)" }
                  - mask: { email: sha256, phone: last4 }
                on_error: { retry: 1s..5m, poison: park, stop_after: 1000 }
                tests:
                  - name: a line that changes order moves
                    given:
                      - { table: public.orders, insert: { id: 1, tenant: EU } }
                      - { table: public.order_lines, update: { id: 9, order_id: 2 } }
                    expect:
                      orders/1: { lines: [], total: 0 }
                ---
                task: orders-to-dwh
                from: { collection: Orders }
                to:
                  sql: dwh
                  schema: evolve
                  tables:
                    sales.orders:
                      key: { order_id: $id }
                      columns:
                        status: status
                        total: { from: total, type: "numeric(12,2)" }
                        updated_at: $ts
                    sales.order_lines:
                      each: lines
                      key: { order_id: $id, line_no: $item.line_no }
                      columns: { sku: $item.sku, qty: $item.qty, amount: "= $item.qty * $item.unit_price" }
                  deletes: delete
                  when_filtered: delete
                batch: { max: 1000, wait: 200ms }
                ---
                task: orders-out
                from: { collection: Orders }
                steps:
                  - filter: doc.status !== 'DRAFT'
                  - remove: [internalNotes, "customer.taxId"]
                to:
                  kafka: main
                  topic: shop.orders.v1
                  key: $id
                  format: cloudevents
                  cloudevents: { mode: binary, type: "shop.order.{$op}", source: /rookery/shop }
                  headers: { tenant: tenant }
                  deletes: tombstone
                ---
                task: invoices-to-partner
                from: { collection: Invoices }
                steps: [ { filter: "$op === 'insert' && doc.state === 'FINAL'" } ]
                to:
                  camel: sftp:files.partner.example/in
                  options: { username: hub, privateKeyFile: /run/secrets/partner_key }
                  headers: { CamelFileName: "invoice-{number}.xml" }
                """);

        assertThat(tasks).hasSize(4);
        assertThat(MirrorDefinition.of(tasks.get(0)).tables())
                .containsExactly(
                        "public.orders",
                        "public.customers",
                        "public.order_lines",
                        "public.line_discounts",
                        "public.payments");
        assertThat(tasks.get(3).connection()).isNull();
    }

    @Test
    void shouldParseAllSamples() throws IOException {
        Path samples = Path.of("").toAbsolutePath();
        while (!Files.isDirectory(samples.resolve("samples"))) {
            samples = samples.getParent();
        }
        try (Stream<Path> files = Files.walk(samples.resolve("samples"))) {
            List<Path> tasks = files.filter(file -> file.getParent().endsWith("tasks"))
                    .filter(file -> file.toString().endsWith(".yaml"))
                    .toList();
            assertThat(tasks).isNotEmpty();
            for (Path file : tasks) {
                for (TaskDefinition task : parse(Files.readString(file))) {
                    if (task.kind() == Kind.INGEST) {
                        assertThat(MirrorDefinition.of(task).tables()).isNotEmpty();
                    }
                }
            }
        }
        assertThat(ConnectionsFile.parse("c.yaml", Files.readString(samples.resolve("samples/shop/connections.yaml"))))
                .isNotEmpty();
    }
}
