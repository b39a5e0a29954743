package io.rookery.sinks.kafka;

import static io.rookery.sinks.kafka.TopicRecords.header;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

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
import io.rookery.samples.servers.EmbeddedKafkaServer;
import io.rookery.samples.servers.Ports;
import io.rookery.sinks.Fields;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * The contract and what is Kafka's own, on a real broker. Over 500 lines, because all of it shares that one broker.
 */
final class KafkaSinkIT extends SinkContract {
    private static final int RECORD_LIMIT = 10_000;

    private static EmbeddedKafkaServer kafka;
    private static int targets;
    private final List<Sink> mine = new ArrayList<>();
    private String cluster;
    private String topic;

    @BeforeAll
    static void start() {
        kafka = EmbeddedKafkaServer.start();
    }

    @AfterAll
    static void stop() {
        kafka.close();
    }

    @BeforeEach
    void emptyTarget() throws Exception {
        targets++;
        cluster = "c" + targets;
        topic = "things-" + targets;
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
            NewTopic limited = new NewTopic(topic, Optional.of(3), Optional.empty())
                    .configs(Map.of("max.message.bytes", String.valueOf(RECORD_LIMIT)));
            admin.createTopics(List.of(limited)).all().get();
        }
    }

    @AfterEach
    void closeMine() {
        mine.forEach(Sink::close);
    }

    private Sink sink(Map<String, Object> to) {
        return sink(to, Map.of("servers", List.of(kafka.bootstrapServers())));
    }

    private Sink sink(Map<String, Object> to, Map<String, Object> connection) {
        Map<String, Object> all = new HashMap<>(to);
        all.put("kafka", "main");
        all.putIfAbsent("topic", topic);
        Sink sink = new KafkaSinkFactory()
                .create(new SinkRequest(cluster, TASK, 0, Setting.of(all), Setting.of(connection), new Fields()));
        mine.add(sink);
        return sink;
    }

    private Sink opened(Map<String, Object> to) {
        Sink sink = sink(to);
        sink.open(1);
        return sink;
    }

    private List<ConsumerRecord<String, String>> records() {
        return TopicRecords.read(kafka.bootstrapServers(), topic);
    }

    @Override
    protected Sink sink() {
        return sink(Map.of());
    }

    @Override
    protected Map<String, Object> delivered() {
        Map<String, Object> found = new HashMap<>();
        for (ConsumerRecord<String, String> record : records()) {
            if (record.value() == null) {
                found.remove(record.key());
            } else {
                found.put(record.key(), Json.parse(record.value()).value());
            }
        }
        return found;
    }

    @Override
    protected int effects() {
        return records().size();
    }

    @Override
    protected Change rejected(long sequence, String id) {
        StringBuilder name = new StringBuilder();
        new Random(7)
                .ints(2 * RECORD_LIMIT, 'A', 'z' + 1)
                .filter(Character::isLetter)
                .forEach(name::appendCodePoint);
        return put(sequence, id, name.toString());
    }

    private static Change change(long sequence, Operation operation, String id, String body, String before) {
        return new Change(
                sequence,
                operation,
                id,
                "Orders",
                1_700_000_000_123L,
                body == null ? null : Json.parse(body),
                before == null ? null : Json.parse(before),
                null);
    }

    private static Batch one(Change... changes) {
        return batch(new Checkpoint(1, changes[changes.length - 1].sequence(), 0), changes);
    }

    @Test
    void shouldKeepEachDocumentsOrderInABigBatch() {
        // given
        Sink sink = opened(Map.of());
        Change[] changes = IntStream.rangeClosed(1, 3_000)
                .mapToObj(i -> put(i, "things/" + i % 50, "name " + i))
                .toArray(Change[]::new);

        // when
        sink.write(one(changes));

        // then
        Map<String, Long> last = new HashMap<>();
        for (ConsumerRecord<String, String> found : records()) {
            long sequence = Long.parseLong(header(found, "rookery-sequence"));
            assertThat(last.getOrDefault(found.key(), 0L)).isLessThan(sequence);
            last.put(found.key(), sequence);
        }
        assertThat(records()).hasSize(3_000);
        assertThat(last).hasSize(50);
    }

    @Test
    void shouldMarkPlainRecordsAndTombstonesWithTheirPlace() {
        // given
        Sink sink = opened(Map.of("headers", Map.of("tenant", "tenant", "absent", "no.such.field")));

        // when
        sink.write(one(
                change(4, Operation.UPDATE, "orders/1", "{\"tenant\":\"EU\",\"n\":12.3400}", null),
                delete(5, "orders/1")));

        // then
        ConsumerRecord<String, String> first = records().get(0);
        assertThat(first.key()).isEqualTo("orders/1");
        assertThat(first.value()).isEqualTo("{\"tenant\":\"EU\",\"n\":12.3400}");
        assertThat(header(first, "rookery-sequence")).isEqualTo("4");
        assertThat(header(first, "rookery-operation")).isEqualTo("update");
        assertThat(header(first, "tenant")).isEqualTo("EU");
        assertThat(header(first, "absent")).isNull();
        ConsumerRecord<String, String> tombstone = records().get(1);
        assertThat(tombstone.value()).isNull();
        assertThat(header(tombstone, "rookery-sequence")).isEqualTo("5");
        assertThat(header(tombstone, "rookery-operation")).isEqualTo("delete");
    }

    @Test
    void shouldWriteBinaryCloudEvents() {
        // given
        Sink sink = opened(Map.of(
                "format",
                "cloudevents",
                "cloudevents",
                Map.of("mode", "binary", "type", "shop.order.{$op}", "source", "/rookery/shop")));

        // when
        sink.write(one(change(7, Operation.INSERT, "orders/é", "{\"a\":1}", null), delete(8, "orders/é")));

        // then
        ConsumerRecord<String, String> event = records().get(0);
        assertThat(event.value()).isEqualTo("{\"a\":1}");
        assertThat(header(event, "ce_specversion")).isEqualTo("1.0");
        assertThat(header(event, "ce_id")).isEqualTo("orders/é@7");
        assertThat(header(event, "ce_type")).isEqualTo("shop.order.insert");
        assertThat(header(event, "ce_source")).isEqualTo("/rookery/shop");
        assertThat(header(event, "ce_subject")).isEqualTo("orders/é");
        assertThat(header(event, "ce_time")).isEqualTo("2023-11-14T22:13:20.123Z");
        assertThat(header(event, "ce_sequence")).isEqualTo("7");
        assertThat(header(event, "content-type")).isEqualTo("application/json");
        ConsumerRecord<String, String> tombstone = records().get(1);
        assertThat(tombstone.value()).isNull();
        assertThat(header(tombstone, "ce_type")).isEqualTo("shop.order.delete");
        assertThat(header(tombstone, "ce_sequence")).isEqualTo("8");
    }

    @Test
    void shouldWriteStructuredCloudEventsAndDeleteEvents() {
        // given
        Sink sink =
                opened(Map.of("format", "cloudevents", "cloudevents", Map.of("mode", "structured"), "deletes", "both"));

        // when
        sink.write(one(change(7, Operation.INSERT, "orders/1", "{\"a\":1.50}", null), delete(8, "orders/1")));

        // then
        List<ConsumerRecord<String, String>> found = records();
        assertThat(found).hasSize(3);
        assertThat(header(found.get(0), "content-type")).startsWith("application/cloudevents+json");
        assertThat(found.get(0).value())
                .isEqualTo("{\"specversion\":\"1.0\",\"id\":\"orders/1@7\",\"type\":\"rookery.Orders.insert\","
                        + "\"source\":\"/rookery/contract\",\"subject\":\"orders/1\","
                        + "\"time\":\"2023-11-14T22:13:20.123Z\",\"sequence\":\"7\","
                        + "\"datacontenttype\":\"application/json\",\"data\":{\"a\":1.50}}");
        assertThat(Json.parse(found.get(1).value()).asObject())
                .containsEntry("type", "rookery.Things.delete")
                .doesNotContainKey("data");
        assertThat(found.get(2).value()).isNull();
    }

    @Test
    void shouldWriteDebeziumsEnvelopeWithTheBodyBefore() {
        // given
        Sink sink = opened(Map.of("format", "debezium", "before", true));

        // when
        sink.write(one(
                change(1, Operation.INSERT, "orders/1", "{\"a\":1}", null),
                change(2, Operation.UPDATE, "orders/1", "{\"a\":2}", "{\"a\":1}"),
                change(3, Operation.DELETE, "orders/1", null, "{\"a\":2}")));

        // then
        List<ConsumerRecord<String, String>> found = records();
        assertThat(found).hasSize(4);
        Map<String, Object> update = Json.parse(found.get(1).value()).asObject();
        assertThat(update)
                .containsEntry("op", "u")
                .containsEntry("before", Map.of("a", 1L))
                .containsEntry("after", Map.of("a", 2L))
                .containsEntry("ts_ms", 1_700_000_000_123L);
        assertThat(Json.of(update.get("source")).asObject())
                .containsEntry("connector", "rookery")
                .containsEntry("collection", "Orders")
                .containsEntry("sequence", 2L);
        assertThat(Json.parse(found.get(0).value()).asObject())
                .containsEntry("op", "c")
                .containsEntry("before", null);
        assertThat(Json.parse(found.get(2).value()).asObject())
                .containsEntry("op", "d")
                .containsEntry("after", null);
        assertThat(found.get(3).value()).isNull();
        assertThat(header(found.get(3), "rookery-sequence")).isEqualTo("3");
    }

    @Test
    void shouldSendNothingForDeletesWhenToldSo() {
        Sink sink = opened(Map.of("deletes", "none"));
        sink.write(one(put(1, "a", "one"), delete(2, "a")));
        assertThat(records()).hasSize(1);
    }

    @Test
    void shouldChooseTopicAndKeyByTheBodyAndForDeletesByTheBodyBefore() {
        // given topics that nobody made
        Sink sink = opened(Map.of("topic", "shop-" + cluster + ".{tenant}", "key", "customer.id"));

        // when
        sink.write(one(
                change(1, Operation.INSERT, "o/1", "{\"tenant\":\"eu\",\"customer\":{\"id\":17}}", null),
                change(2, Operation.INSERT, "o/2", "{\"tenant\":\"us\",\"customer\":{\"id\":18}}", null),
                change(3, Operation.DELETE, "o/1", null, "{\"tenant\":\"eu\",\"customer\":{\"id\":17}}")));
        sink.close();

        // then
        List<ConsumerRecord<String, String>> eu =
                TopicRecords.read(kafka.bootstrapServers(), "shop-" + cluster + ".eu");
        assertThat(eu).extracting(ConsumerRecord::key).containsExactly("17", "17");
        assertThat(eu.get(1).value()).isNull();
        assertThat(TopicRecords.read(kafka.bootstrapServers(), "shop-" + cluster + ".us"))
                .hasSize(1);
        assertThat(sink(Map.of("topic", "shop-" + cluster + ".{tenant}"))
                        .open(2)
                        .sequence())
                .isEqualTo(3);
    }

    @Test
    void shouldRejectTheChangeWithoutAKeyOrWithATopicThatKafkaDoesNotTake() {
        // given
        Sink sink = opened(Map.of("topic", "{tenant}", "key", "customer"));

        // when, then
        rejects(sink, 2, "for key", "{\"tenant\":\"eu\"}");
        rejects(sink, 2, "'tenant'", "{\"customer\":1}");
        rejects(sink, 2, "Expected a topic", "{\"tenant\":\"a b\",\"customer\":1}");
        rejects(sink, 2, "Expected a topic", "{\"tenant\":\"__consumer_offsets\",\"customer\":1}");
    }

    private static void rejects(Sink sink, long sequence, String message, String body) {
        assertThatThrownBy(() -> sink.write(one(change(sequence, Operation.INSERT, "o/1", body, null))))
                .isInstanceOfSatisfying(RejectedChangeException.class, e -> assertThat(e.sequence())
                        .isEqualTo(sequence))
                .hasMessageContaining(message);
    }

    @Test
    void shouldGoOnFromTheKnownPlaceWhenTheBrokersForgotTheGroup() throws Exception {
        // given a task that rested until its group's offset was dropped
        Sink former = opened(Map.of());
        former.write(one(put(1, "a", "one")));
        former.close();
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
            admin.deleteConsumerGroups(List.of("rookery-" + cluster + "-" + TASK))
                    .all()
                    .get();
        }

        // when
        Checkpoint found = sink(Map.of()).open(2, new Checkpoint(1, 1, 0));

        // then the place is known, and in Kafka again
        assertThat(found.sequence()).isEqualTo(1);
        assertThat(sink(Map.of()).open(3, Checkpoint.NONE).sequence()).isEqualTo(1);
    }

    @Test
    void shouldNotDuplicateWhatAnOwnerSentWithoutCommitting() {
        // given an owner that delivers a batch, sends the next with its checkpoint, and dies before the commit
        opened(Map.of()).write(one(put(1, "a", "one")));
        KafkaProducer<String, String> dead = ownProducer();
        dead.initTransactions();
        dead.beginTransaction();
        dead.send(new ProducerRecord<>(topic, "b", "{\"name\":\"two\"}"));
        dead.sendOffsetsToTransaction(
                Map.of(new TopicPartition(topic, 0), new OffsetAndMetadata(2, "{\"epoch\":1,\"retried\":0}")),
                new KafkaPlace("rookery-" + cluster + "-" + TASK, null, null).asGroup());
        dead.flush();

        try {
            // when
            Sink next = sink(Map.of());
            Checkpoint found = next.open(2);
            next.write(batch(new Checkpoint(2, 2, 0), put(2, "b", "two")));

            // then
            assertThat(found.sequence()).isEqualTo(1);
            assertThat(records()).hasSize(2);
            assertThatThrownBy(dead::commitTransaction).isInstanceOf(KafkaException.class);
            assertThat(records()).hasSize(2);
        } finally {
            dead.close(Duration.ZERO);
        }
    }

    private KafkaProducer<String, String> ownProducer() {
        return new KafkaProducer<>(
                Map.of(
                        "bootstrap.servers",
                        kafka.bootstrapServers(),
                        "transactional.id",
                        "rookery-" + cluster + "-" + TASK + "-0"),
                new StringSerializer(),
                new StringSerializer());
    }

    @Test
    void shouldGoOnWhenAProducerWithoutAnEpochTookTheIdForAMoment() {
        // given
        Sink sink = opened(Map.of());
        sink.write(one(put(1, "a", "one")));
        try (KafkaProducer<String, String> stray = ownProducer()) {
            stray.initTransactions();
        }

        // when the runner brings the same batch again
        assertThatThrownBy(() -> sink.write(one(put(2, "b", "two")))).isInstanceOf(TransientSinkException.class);
        sink.write(one(put(2, "b", "two")));

        // then
        assertThat(records()).hasSize(2);
        assertThat(delivered()).isEqualTo(Map.of("a", body("one"), "b", body("two")));
    }

    @Test
    void shouldNotDisturbTheOwnerWhenAFormerOneComesBack() {
        // given
        opened(Map.of()).write(one(put(1, "a", "one")));
        Sink owner = sink(Map.of());
        owner.open(2);

        // when
        Sink former = sink(Map.of());
        assertThatThrownBy(() -> former.open(1))
                .isInstanceOfSatisfying(
                        RookeryException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.FENCED));

        // then the owner's producer was not thrown out
        owner.write(batch(new Checkpoint(2, 2, 0), put(2, "b", "two")));
        assertThat(records()).hasSize(2);
    }

    @Test
    void shouldHaveNoSecondEffectOfARepeatedBatch() {
        // given
        opened(Map.of()).write(one(put(1, "a", "one")));

        // when an owner that does not know the outcome brings it again
        Sink next = sink(Map.of());
        next.open(2);
        next.write(batch(new Checkpoint(2, 1, 0), put(1, "a", "one")));

        // then
        assertThat(records()).hasSize(1);
    }

    @Test
    void shouldDeliverEachChangeOnceThroughTakeoversInTheMiddleOfWriting() {
        // given an endless feed, and owners that write as fast as they can
        ExecutorService owners = Executors.newCachedThreadPool();
        try {
            List<Future<RookeryException>> ends = new ArrayList<>();
            for (int epoch = 1; epoch <= 6; epoch++) {
                CountDownLatch writes = new CountDownLatch(5);
                Sink owner = sink(Map.of());
                long own = epoch;
                ends.add(owners.submit(() -> deliver(owner, own, writes)));
                await().atMost(Duration.ofSeconds(60)).until(() -> writes.getCount() == 0);
            }

            // when the last one is thrown out too
            long end = openedAtLast(sink(Map.of()), 7).sequence();

            // then
            for (Future<RookeryException> found : ends) {
                await().atMost(Duration.ofSeconds(60)).until(found::isDone);
                assertThat(found).succeedsWithin(Duration.ZERO).satisfies(e -> assertThat(e.code())
                        .isEqualTo(ErrorCode.FENCED));
            }
            assertThat(records().stream()
                            .map(found -> Long.parseLong(header(found, "rookery-sequence")))
                            .sorted())
                    .containsExactlyElementsOf(
                            LongStream.rangeClosed(1, end).boxed().toList());
        } finally {
            owners.shutdownNow();
        }
    }

    /** As the runner does: again after a passing failure. */
    private static Checkpoint openedAtLast(Sink sink, long epoch) {
        while (true) {
            try {
                return sink.open(epoch);
            } catch (TransientSinkException e) {
                assertThat(e.code()).isEqualTo(ErrorCode.SINK_UNREACHABLE);
            }
        }
    }

    /** The same batch again after a passing failure; the end is that another owner has taken over. */
    private static RookeryException deliver(Sink sink, long epoch, CountDownLatch writes) {
        long at = openedAtLast(sink, epoch).sequence();
        while (true) {
            try {
                sink.write(batch(
                        new Checkpoint(epoch, at + 3, 0),
                        put(at + 1, "a", "x"),
                        put(at + 2, "b", "x"),
                        put(at + 3, "c", "x")));
                at += 3;
                writes.countDown();
            } catch (TransientSinkException e) {
                assertThat(e.code()).isEqualTo(ErrorCode.SINK_UNREACHABLE);
            } catch (RookeryException e) {
                return e;
            }
        }
    }

    @Test
    void shouldGoOnAfterTheBrokerWasAway() {
        // given
        Map<String, Object> quick = Map.of(
                "max.block.ms",
                "2000",
                "delivery.timeout.ms",
                "2000",
                "request.timeout.ms",
                "1000",
                "default.api.timeout.ms",
                "2000");
        Sink sink = sink(Map.of(), Map.of("servers", kafka.bootstrapServers(), "properties", quick));
        sink.open(1);
        sink.write(one(put(1, "a", "one")));

        // when
        kafka.stop();
        try {
            assertThatThrownBy(() -> sink.write(one(put(2, "b", "two")))).isInstanceOf(TransientSinkException.class);
            assertThatThrownBy(() -> sink.write(one(put(2, "b", "two")))).isInstanceOf(TransientSinkException.class);
        } finally {
            kafka.startAgain();
        }
        await().atMost(Duration.ofMinutes(1))
                .ignoreExceptionsInstanceOf(TransientSinkException.class)
                .untilAsserted(() -> sink.write(one(put(2, "b", "two"))));

        // then
        assertThat(records()).hasSize(2);
        assertThat(delivered()).isEqualTo(Map.of("a", body("one"), "b", body("two")));
    }

    @Test
    void shouldSayThatTheBrokerIsUnreachableWhenOpening() {
        String nobody = "127.0.0.1:" + Ports.free();
        Sink sink = sink(
                Map.of(),
                Map.of(
                        "servers",
                        nobody,
                        "properties",
                        Map.of("default.api.timeout.ms", "1000", "request.timeout.ms", "500")));
        assertThatThrownBy(() -> sink.open(1))
                .isInstanceOfSatisfying(
                        RookeryException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.SINK_UNREACHABLE))
                .hasMessageContaining(nobody);
    }

    @Test
    void shouldTakeABigDocument() {
        // given
        topic = topic + "-unlimited";
        Sink sink = opened(Map.of());

        // when
        sink.write(one(put(1, "a", "x".repeat(8 << 20))));

        // then
        assertThat(records().get(0).value().getBytes(StandardCharsets.UTF_8)).hasSizeGreaterThan(8 << 20);
    }
}
