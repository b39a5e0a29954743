package io.rookery.sinks.camel;

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
import io.rookery.api.SinkRequest;
import io.rookery.api.TransientSinkException;
import io.rookery.samples.servers.Ports;
import io.rookery.sinks.Fields;
import io.rookery.sinks.camel.Receiver.Received;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class CamelSinkIT {
    @TempDir
    private Path folder;

    private final Receiver receiver = new Receiver();
    private final List<Sink> opened = new ArrayList<>();

    @AfterEach
    void closeAll() {
        opened.forEach(Sink::close);
        receiver.close();
    }

    private Sink sink(Map<String, Object> to) {
        Sink sink = CamelSinkFactory.create(
                new SinkRequest("c", "t", 0, Setting.of(to), null, new Fields()),
                new CamelRules(Set.of("http", "https", "file"), folder));
        opened.add(sink);
        return sink;
    }

    private Sink opened(Map<String, Object> to) {
        Sink sink = sink(to);
        assertThat(sink.open(1)).isEqualTo(Checkpoint.NONE);
        return sink;
    }

    private Map<String, Object> http(Map<String, Object> more) {
        Map<String, Object> to = new HashMap<>(more);
        to.put("camel", receiver.url() + "/in");
        return to;
    }

    private static Change put(long sequence, String id, String body) {
        return new Change(sequence, Operation.INSERT, id, "Invoices", 1L, Json.parse(body), null, null);
    }

    private static Batch batch(Change... changes) {
        return new Batch("t", 0, List.of(changes), new Checkpoint(1, changes[changes.length - 1].sequence(), 0));
    }

    @Test
    void shouldPostEachDocumentWithItsIdAndHeaders() {
        // given
        Sink sink = opened(http(Map.of(
                "headers",
                Map.of("tenant", "tenant"),
                "options",
                Map.of("authMethod", "Bearer", "authBearerToken", "abc"))));

        // when
        sink.write(batch(
                put(1, "invoices/1", "{\"tenant\":\"EU\",\"name\":\"Ærø\",\"sum\":1.50}"),
                new Change(2, Operation.DELETE, "invoices/0", "Invoices", 1L, null, null, null),
                put(3, "invoices/2", "{}")));

        // then
        assertThat(receiver.received())
                .containsExactly(
                        new Received(
                                "POST",
                                "/in",
                                "invoices/1@1",
                                "application/json",
                                "EU",
                                "{\"tenant\":\"EU\",\"name\":\"Ærø\",\"sum\":1.50}"),
                        new Received("POST", "/in", "invoices/2@3", "application/json", null, "{}"));
    }

    @Test
    void shouldSendDeletesAndSteerMethodAndPathWhenTold() {
        // given
        Map<String, Object> headers = Map.of("CamelHttpMethod", "method", "CamelHttpPath", "/{$id}");
        Sink sink = opened(http(Map.of("headers", headers, "deletes", "send")));

        // when
        sink.write(batch(
                put(1, "a", "{\"method\":\"PUT\"}"),
                new Change(2, Operation.DELETE, "a", "Invoices", 1L, null, null, null)));

        // then
        assertThat(receiver.received().get(0).method()).isEqualTo("PUT");
        assertThat(receiver.received()).extracting(Received::path).containsExactly("/in/a", "/in/a");
        assertThat(receiver.received().get(1).body()).isEmpty();
        assertThat(receiver.received()).extracting(Received::id).containsExactly("a@1", "a@2");
    }

    @Test
    void shouldRejectWhatTheServerWillNotTakeAndNotRepeatTheOthers() {
        // given
        Sink sink = opened(http(Map.of()));
        receiver.answers(request -> request.body().contains("bad") ? 422 : 200);

        // when
        assertThatThrownBy(() -> sink.write(batch(put(1, "a", "{}"), put(2, "b", "{\"bad\":1}"), put(3, "c", "{}"))))
                .isInstanceOfSatisfying(RejectedChangeException.class, e -> assertThat(e.sequence())
                        .isEqualTo(2))
                .hasMessageContaining("422");
        sink.write(batch(put(1, "a", "{}"), put(3, "c", "{}")));

        // then
        assertThat(receiver.received()).extracting(Received::id).containsExactly("a@1", "c@3");
    }

    @Test
    void shouldGoOnWhereItWasWhenTheServerHadNoTime() {
        // given
        Sink sink = opened(http(Map.of()));
        receiver.answers(request -> request.id().equals("b@2") ? 503 : 200);
        Batch batch = batch(put(1, "a", "{}"), put(2, "b", "{}"));

        // when
        assertThatThrownBy(() -> sink.write(batch)).isInstanceOf(TransientSinkException.class);
        receiver.answers(request -> 200);
        sink.write(batch);

        // then
        assertThat(receiver.received()).extracting(Received::id).containsExactly("a@1", "b@2");
    }

    @Test
    void shouldSendAgainWhenReplayed() {
        Sink sink = opened(http(Map.of()));
        sink.write(batch(put(1, "a", "{}")));
        sink.write(new Batch("t", 0, List.of(), new Checkpoint(1, 0, 0)));
        sink.write(batch(put(1, "a", "{}")));
        assertThat(receiver.received()).extracting(Received::id).containsExactly("a@1", "a@1");
    }

    @Test
    void shouldAskTheUserWhenTheServerKnowsNobody() {
        Sink sink = opened(http(Map.of()));
        receiver.answers(request -> 401);
        assertThatThrownBy(() -> sink.write(batch(put(1, "a", "{}"))))
                .isInstanceOfSatisfying(
                        RookeryException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.SINK_REFUSED))
                .hasMessageContaining("401");
    }

    @Test
    void shouldNotWaitForEverForAnAnswer() {
        // given
        CountDownLatch never = new CountDownLatch(1);
        receiver.answers(request -> {
            try {
                never.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            return 200;
        });
        Sink sink = opened(http(Map.of("options", Map.of("httpClient.responseTimeout", "300"))));

        // when, then
        try {
            assertThatThrownBy(() -> sink.write(batch(put(1, "a", "{}")))).isInstanceOf(TransientSinkException.class);
        } finally {
            never.countDown();
        }
    }

    @Test
    void shouldTryAgainLaterWhenNobodyListens() {
        Sink sink = opened(Map.of("camel", "http://127.0.0.1:" + Ports.free() + "/in"));
        assertThatThrownBy(() -> sink.write(batch(put(1, "a", "{}")))).isInstanceOf(TransientSinkException.class);
    }

    @Test
    void shouldRefuseLinkLocalAddresses() {
        Sink sink = sink(Map.of("camel", "http://169.254.169.254/latest/meta-data"));
        assertThatThrownBy(() -> sink.open(1)).isInstanceOfSatisfying(RookeryException.class, e -> assertThat(e.code())
                .isEqualTo(ErrorCode.SINK_REFUSED));
    }

    @Test
    void shouldWriteFilesWithNamesFromTheDocument() throws IOException {
        // given
        Sink sink =
                opened(Map.of("camel", "file:partner/in", "headers", Map.of("CamelFileName", "invoice-{number}.json")));

        // when, and the same again as after a crash
        sink.write(batch(put(1, "invoices/1", "{\"number\":17,\"name\":\"Ærø\"}")));
        sink.write(batch(put(1, "invoices/1", "{\"number\":17,\"name\":\"Ærø\"}")));

        // then
        Path file = folder.resolve("partner/in/invoice-17.json");
        assertThat(Files.readString(file)).isEqualTo("{\"number\":17,\"name\":\"Ærø\"}");
        try (var files = Files.list(file.getParent())) {
            assertThat(files).containsExactly(file);
        }
    }

    @Test
    void shouldRejectFileNamesThatLeadOutOfTheFolderOrHoldAnExpression() throws IOException {
        // given
        Sink sink = opened(Map.of("camel", "file:in", "headers", Map.of("CamelFileName", "name")));

        // when, then
        for (String name :
                List.of("../out.json", "../../etc/out", "${sys.user.home}", "$simple{exchangeId}", "a\\nb")) {
            assertThatThrownBy(() -> sink.write(batch(put(4, "a", "{\"name\":\"" + name + "\"}"))))
                    .isInstanceOfSatisfying(RejectedChangeException.class, e -> assertThat(e.sequence())
                            .isEqualTo(4));
        }
        assertThat(folder.resolve("out.json")).doesNotExist();

        // and the sink goes on
        sink.write(batch(put(5, "a", "{\"name\":\"good.json\"}")));
        assertThat(folder.resolve("in/good.json")).exists();
    }
}
