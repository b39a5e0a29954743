package io.rookery.etl.mirror;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rookery.api.Change;
import io.rookery.api.CommitResult;
import io.rookery.api.Document;
import io.rookery.api.ErrorCode;
import io.rookery.api.FeedRequest;
import io.rookery.api.Fence;
import io.rookery.api.Json;
import io.rookery.api.MemoryDatabase;
import io.rookery.api.RookeryException;
import io.rookery.api.Transaction;
import io.rookery.api.Write;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

final class SpreadDatabaseTest {
    private final MemoryDatabase home = new MemoryDatabase("A");
    private final MemoryDatabase other = new MemoryDatabase("B");
    private final Shards shards = new Shards();
    private final SpreadDatabase first = owner(1);

    /** What becomes of the next transactions that go to the other shard. */
    private enum Way {
        OPEN,
        LOST,
        UNHEARD
    }

    /** Documents with a name that begins with b are in the other shard, which remembers no transaction's key. */
    private final class Shards implements OtherShards {
        private Way way = Way.OPEN;

        @Override
        public int home() {
            return 0;
        }

        @Override
        public int shardOf(String id) {
            return id.startsWith("b") ? 1 : 0;
        }

        @Override
        public CompletableFuture<List<Optional<Document>>> documents(List<String> ids) {
            return CompletableFuture.completedFuture(ids.stream()
                    .map(id -> (shardOf(id) == 1 ? other : home).document(id))
                    .toList());
        }

        @Override
        public CompletableFuture<List<Document>> documentsFrom(String prefix, String after, int limit) {
            throw new UnsupportedOperationException();
        }

        @Override
        public CompletableFuture<Optional<byte[]>> entry(int shard, String key) {
            return CompletableFuture.completedFuture(other.entry(key));
        }

        @Override
        public CompletableFuture<CommitResult> commit(int shard, Transaction asked) {
            Transaction keyless =
                    new Transaction(asked.reads(), asked.writes(), null, asked.fence(), asked.timestamp());
            CompletableFuture<CommitResult> done = way == Way.LOST ? null : other.commit(keyless);
            return way == Way.OPEN
                    ? done
                    : CompletableFuture.failedFuture(
                            RookeryException.outcomeUnknown(ErrorCode.TIMEOUT, "away", new Exception()));
        }
    }

    private SpreadDatabase owner(long epoch) {
        return new SpreadDatabase(home, new Fence("source-s", epoch), shards);
    }

    private static Write put(String id, int n) {
        return new Write.PutDocument(id, "Things", Json.of(Map.of("n", n)), null);
    }

    private static Transaction transaction(long epoch, String key, Write... writes) {
        return new Transaction(List.of(), List.of(writes), key, new Fence("source-s", epoch), 7);
    }

    private static List<String> versions(MemoryDatabase shard) {
        return shard.read(new FeedRequest(0, 100, 1 << 20, null, false)).changes().stream()
                .map(SpreadDatabaseTest::text)
                .toList();
    }

    private static String text(Change change) {
        return change.id() + (change.isDelete() ? " gone" : change.document().toString());
    }

    private List<?> parcels() {
        return home.entries("outbox/", null, 10);
    }

    @Test
    void shouldPutEachDocumentIntoItsShardAndRemoveWhatArrivedWithTheNextTransaction() {
        first.fence().join();
        first.commit(transaction(1, "k1", put("a/1", 1), put("b/1", 1), new Write.PutEntry("offset", new byte[] {1})))
                .join();
        assertThat(parcels()).hasSize(1);
        first.commit(transaction(1, "k2", new Write.DeleteDocument("b/1", null)))
                .join();
        assertThat(parcels()).hasSize(1);
        first.commit(transaction(1, "k3", new Write.PutEntry("offset", new byte[] {3})))
                .join();

        assertThat(parcels()).isEmpty();
        assertThat(versions(home)).containsExactly("a/1{\"n\":1}");
        assertThat(versions(other)).containsExactly("b/1{\"n\":1}", "b/1 gone");
        assertThat(first.documents(List.of("b/1", "a/1")))
                .extracting(Optional::isPresent)
                .containsExactly(false, true);
    }

    @Test
    void shouldHandOverWhatAFormerOwnerLeft() {
        first.fence().join();
        shards.way = Way.LOST;
        assertThat(first.commit(transaction(1, "k1", put("b/1", 1), new Write.PutEntry("offset", new byte[] {1}))))
                .isCompletedExceptionally();
        assertThat(home.entry("offset")).isPresent();
        assertThat(versions(other)).isEmpty();

        shards.way = Way.OPEN;
        SpreadDatabase second = owner(2);
        second.fence().join();
        assertThat(versions(other)).containsExactly("b/1{\"n\":1}");
        second.commit(transaction(2, "k2", put("b/1", 2))).join();
        second.fence().join();
        assertThat(versions(other)).containsExactly("b/1{\"n\":1}", "b/1{\"n\":2}");
    }

    @Test
    void shouldNotRepeatWhatArrivedUnheard() {
        first.fence().join();
        first.commit(transaction(1, "k1", put("b/1", 1))).join();
        shards.way = Way.UNHEARD;
        assertThat(first.commit(transaction(1, "k2", put("b/1", 2)))).isCompletedExceptionally();
        shards.way = Way.OPEN;
        other.put("b/1", "Things", "{\"by\":\"somebody else\"}");

        owner(2).fence().join();
        owner(3).fence().join();

        assertThat(versions(other)).containsExactly("b/1{\"n\":1}", "b/1{\"n\":2}", "b/1{\"by\":\"somebody else\"}");
    }

    @Test
    void shouldGoOnWithTheSameTransactionAndWithNoOther() {
        first.fence().join();
        shards.way = Way.LOST;
        Transaction begun = transaction(1, "k1", put("a/1", 1), put("b/1", 1));
        assertThat(first.commit(begun)).isCompletedExceptionally();
        shards.way = Way.OPEN;

        assertThatThrownBy(
                        () -> first.commit(transaction(1, "k2", put("b/1", 2))).join())
                .hasMessageContaining("did not arrive");
        first.commit(begun).join();
        first.commit(transaction(1, "k2", put("b/1", 2))).join();

        assertThat(versions(home)).containsExactly("a/1{\"n\":1}");
        assertThat(versions(other)).containsExactly("b/1{\"n\":1}", "b/1{\"n\":2}");
    }

    @Test
    void shouldRefuseAFormerOwnerInEveryShardThatItLeftSomethingFor() {
        first.fence().join();
        shards.way = Way.LOST;
        Transaction begun = transaction(1, "k1", put("b/1", 1));
        assertThat(first.commit(begun)).isCompletedExceptionally();
        shards.way = Way.OPEN;
        SpreadDatabase second = owner(2);
        second.fence().join();
        second.commit(transaction(2, "k2", put("b/1", 2))).join();

        assertThat(first.commit(begun)).isCompletedExceptionally(); // home knows its key, the other shard its epoch
        assertThat(versions(other)).containsExactly("b/1{\"n\":1}", "b/1{\"n\":2}");
    }

    @Test
    void shouldKeepNothingOfATransactionThatHomeRefuses() {
        first.fence().join();
        owner(2).fence().join();
        assertThat(first.commit(transaction(1, "k1", put("b/1", 1)))).isCompletedExceptionally();
        assertThat(parcels()).isEmpty();
        assertThat(versions(other)).isEmpty();
    }
}
