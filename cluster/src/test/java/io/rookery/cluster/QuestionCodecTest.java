package io.rookery.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.rookery.api.Change;
import io.rookery.api.ChangeVector;
import io.rookery.api.Document;
import io.rookery.api.Due;
import io.rookery.api.FeedPage;
import io.rookery.api.FeedRequest;
import io.rookery.api.Json;
import io.rookery.api.Operation;
import io.rookery.cluster.wire.WireReader;
import io.rookery.cluster.wire.WireWriter;
import io.rookery.store.CompareExchangeValue;
import io.rookery.store.StoreStatistics;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class QuestionCodecTest {
    private static final Document DOCUMENT =
            new Document("orders/1", "Orders", new ChangeVector("B", 7), 1_000, Json.parse("{\"n\":1}"), new Due(5, 6));
    private static final CompareExchangeValue EXCHANGE =
            new CompareExchangeValue("mails/a", 9, Json.parse("{\"Object\":1}"));

    private static <T> void assertSurvives(ShardQuestion<T> question, T answer) {
        WireWriter asked = new WireWriter(64);
        QuestionCodec.write(asked, question);
        WireReader in = new WireReader(asked.toBytes());
        assertThat(QuestionCodec.read(in)).isEqualTo(question);
        in.end();

        WireWriter answered = new WireWriter(64);
        QuestionCodec.writeAnswer(answered, question, answer);
        assertThat(QuestionCodec.readAnswer(new WireReader(answered.toBytes()), question))
                .isEqualTo(answer);
    }

    @Test
    void shouldCarryEveryKindOfQuestionAndItsAnswer() {
        assertSurvives(
                new ShardQuestion.Documents(List.of("orders/1", "none")),
                List.of(Optional.of(DOCUMENT), Optional.empty()));
        assertSurvives(new ShardQuestion.DocumentsFrom("orders/", null, 25), List.of(DOCUMENT));
        assertSurvives(new ShardQuestion.DocumentsFrom("orders/", "orders/0", 25), List.of());
        assertSurvives(
                new ShardQuestion.Exchanges(List.of("mails/a", "none")),
                List.of(Optional.of(EXCHANGE), Optional.empty()));
        assertSurvives(new ShardQuestion.ExchangesFrom("", "mails", 25), List.of(EXCHANGE));
        assertSurvives(new ShardQuestion.Identities(10), Map.of("users/", 7L));
        assertSurvives(
                new ShardQuestion.Statistics(),
                new ShardStatistics(
                        "B", new StoreStatistics(Map.of("Orders", 3L, "Cars", 1L), 2, 900, 800, 850, 5), 1 << 20));
        WireWriter asked = new WireWriter(16);
        ShardQuestion.Entries entries = new ShardQuestion.Entries(List.of("@restore", "none"));
        QuestionCodec.write(asked, entries);
        assertThat(QuestionCodec.read(new WireReader(asked.toBytes()))).isEqualTo(entries);
        WireWriter answered = new WireWriter(16);
        QuestionCodec.writeAnswer(answered, entries, List.of(Optional.of(new byte[] {7}), Optional.empty()));
        List<Optional<byte[]>> read = QuestionCodec.readAnswer(new WireReader(answered.toBytes()), entries);
        assertThat(read).hasSize(2).element(1).isEqualTo(Optional.empty());
        assertThat(read.get(0).orElseThrow()).containsExactly(7);
        Change put =
                new Change(7, Operation.UPDATE, "orders/1", "Orders", 1_000, DOCUMENT.body(), Json.parse("{}"), null);
        Change delete = new Change(8, Operation.DELETE, "orders/1", "Orders", 1_001, null, null, null);
        assertSurvives(
                new ShardQuestion.Feed(new FeedRequest(6, 100, 1 << 20, "Orders", true, 3)),
                new FeedPage(List.of(put, delete), 8, 9, 3));
    }

    @Test
    void shouldCarryHowNewAReadMustBe() {
        for (Consistency consistency : List.of(Consistency.LINEARIZABLE, Consistency.LOCAL, Consistency.session(300))) {
            WireWriter out = new WireWriter(16);
            consistency.write(out);
            assertThat(Consistency.read(new WireReader(out.toBytes()))).isEqualTo(consistency);
        }
    }
}
