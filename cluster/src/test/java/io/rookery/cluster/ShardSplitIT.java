package io.rookery.cluster;

import static io.rookery.cluster.TestCluster.eventually;
import static io.rookery.cluster.TestCluster.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.rookery.api.ChangeVector;
import io.rookery.api.CommitResult;
import io.rookery.api.Document;
import io.rookery.api.Json;
import io.rookery.api.RookeryException;
import io.rookery.api.Transaction;
import io.rookery.api.Write;
import io.rookery.cluster.topology.ShardSplitting;
import io.rookery.cluster.topology.Slots;
import io.rookery.store.DocumentStore;
import io.rookery.store.StateHash;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A shard is split while clients write and read: nothing is lost, nothing is there twice, and all replicas agree. */
final class ShardSplitIT {
    private static final String SHOP = "shop";

    private static <T> T on(ClusterNode node, java.util.function.Function<ShardedDatabase, CompletableFuture<T>> use) {
        return get(node.whileSlotsMove(SHOP, () -> use.apply(node.database(SHOP).orElseThrow())));
    }

    private static CommitResult put(ClusterNode node, String id, String body, ChangeVector expected, String key) {
        Transaction transaction = new Transaction(
                List.of(),
                List.of(new Write.PutDocument(id, "Items", Json.parse(body), expected)),
                key,
                null,
                System.currentTimeMillis()); // a key is kept for a day
        return on(node, shop -> shop.of(id).commit(transaction));
    }

    private static List<Document> scan(ClusterNode node) {
        return on(
                        node,
                        shop -> shop.documentsFrom(
                                Consistency.LINEARIZABLE, new ShardQuestion.DocumentsFrom("", null, 100_000)))
                .value();
    }

    private static void split(ClusterNode node, int shard) {
        get(node.splitShard(new ShardSplitting(SHOP, shard, Optional.empty())));
    }

    /** One client: counts up documents of its own, each write expecting the version before it, and reads each back. */
    private static final class Client {
        private final ClusterNode node;
        private final Map<String, ChangeVector> versions = new HashMap<>();
        private final Map<String, Integer> values = new TreeMap<>();
        private final AtomicLong longest;
        private final UnaryOperator<String> views;
        private int next;

        /** @param views tells for a document what each replica has of it */
        Client(ClusterNode node, AtomicLong longest, UnaryOperator<String> views) {
            this.node = node;
            this.longest = longest;
            this.views = views;
        }

        Map<String, Integer> until(AtomicBoolean done) {
            while (!done.get()) {
                String id = "load/" + node.tag() + "/" + next++ % 40;
                int value = values.getOrDefault(id, 0) + 1;
                long started = System.nanoTime();
                CommitResult result;
                try {
                    result = put(node, id, "{\"n\":" + value + "}", versions.getOrDefault(id, ChangeVector.NONE), null);
                } catch (CompletionException e) {
                    throw new AssertionError(id + " was " + versions.get(id) + "; now " + views.apply(id), e);
                }
                versions.put(id, result.changeVectors().get(0));
                values.put(id, value);
                Document found = on(node, shop -> shop.documents(Consistency.LINEARIZABLE, List.of(id)))
                        .value()
                        .get(0)
                        .orElseThrow();
                assertThat(found.changeVector()).isEqualTo(versions.get(id));
                longest.accumulateAndGet(System.nanoTime() - started, Math::max);
            }
            return values;
        }
    }

    @Test
    void shouldSplitTwiceUnderLoad(@TempDir Path folder) {
        try (TestCluster cluster = TestCluster.of(folder, TestCluster.TUNING, "A", "B", "C")) {
            // given
            get(cluster.node("A").createDatabase(SHOP, 3));
            for (ClusterNode node : cluster.nodes()) {
                eventually(() -> node.database(SHOP).isPresent());
            }
            Map<String, ChangeVector> before = new HashMap<>();
            for (int i = 0; i < 200; i++) {
                String id = "old/" + i;
                before.put(
                        id,
                        put(cluster.node("A"), id, "{}", null, "key-" + i)
                                .changeVectors()
                                .get(0));
            }
            AtomicBoolean done = new AtomicBoolean();
            AtomicLong longest = new AtomicLong();
            Map<String, Integer> written = new ConcurrentHashMap<>();
            List<CompletableFuture<Void>> clients = cluster.nodes().stream()
                    .map(node -> CompletableFuture.runAsync(
                            () -> written.putAll(new Client(node, longest, id -> views(cluster, id)).until(done))))
                    .toList();

            // when
            split(cluster.node("B"), 0);
            split(cluster.node("C"), 1);
            done.set(true);
            clients.forEach(TestCluster::get);

            // then
            assertThat(Duration.ofNanos(longest.get())).isLessThan(Duration.ofSeconds(10));
            for (ClusterNode node : cluster.nodes()) {
                eventually(() -> node.database(SHOP).orElseThrow().all().size() == 3);
                assertDocuments(node, before, written);
            }
            assertRetriesAnswerTheSame(cluster.node("B"), before);
            eventually(() -> isClean(cluster));
            assertDocuments(cluster.node("A"), before, written);
            assertReplicasEqual(cluster, 3);
            assertSound(cluster);
        }
    }

    @Test
    void shouldSplitOnOneNodeAndBeThereAfterARestart(@TempDir Path folder) {
        try (TestCluster cluster = TestCluster.of(folder, TestCluster.TUNING, "A")) {
            // given
            get(cluster.node("A").createDatabase(SHOP, 1));
            Map<String, ChangeVector> before = new HashMap<>();
            for (int i = 0; i < 50; i++) {
                String id = "old/" + i;
                before.put(
                        id,
                        put(cluster.node("A"), id, "{}", null, null)
                                .changeVectors()
                                .get(0));
            }

            // when
            get(cluster.node("A").splitShard(new ShardSplitting(SHOP, 0, Optional.of(List.of(0, 99_999)))));
            cluster.stop("A");
            cluster.start("A");

            // then
            assertDocuments(cluster.node("A"), before, Map.of());
            before.replaceAll((id, version) -> put(cluster.node("A"), id, "{}", version, null)
                    .changeVectors()
                    .get(0));
            eventually(() -> isClean(cluster));
            assertDocuments(cluster.node("A"), before, Map.of());
            assertThat(replicas(cluster)).hasSize(2);
        }
    }

    @Test
    void shouldGiveTheNewShardToAMemberThatWasNotThereWhenItBegan(@TempDir Path folder) {
        try (TestCluster cluster = TestCluster.of(folder, TestCluster.TUNING, "A", "B", "C")) {
            // given
            get(cluster.node("A").createDatabase(SHOP, 3));
            Map<String, ChangeVector> before = new HashMap<>();
            for (int i = 0; i < 50; i++) {
                String id = "old/" + i;
                before.put(
                        id,
                        put(cluster.node("A"), id, "{}", null, null)
                                .changeVectors()
                                .get(0));
            }
            cluster.stop("C");

            // when
            split(cluster.node("A"), 0);
            cluster.start("C");

            // then
            eventually(() ->
                    replicas(cluster).size() == 6 && replicas(cluster).stream().allMatch(ReplicatedStore::isMember));
            eventually(() -> isClean(cluster));
            assertDocuments(cluster.node("C"), before, Map.of());
            assertReplicasEqual(cluster, 2);
        }
    }

    @Test
    void shouldNotSplitADatabaseWithTasksNorOneWhoseNodesAreOlder(@TempDir Path folder) {
        try (TestCluster cluster = new TestCluster(folder, TestCluster.TUNING)) {
            cluster.start("A", FeatureLevel.SPLITS - 1);
            get(cluster.node("A").createDatabase(SHOP, 1));
            assertThatThrownBy(() -> split(cluster.node("A"), 0)).hasMessageContaining("feature level 4");
            cluster.stop("A");
            cluster.start("A");
            eventually(() -> cluster.node("A").system().leads());
            Json task = Json.of(Map.of("unit", "u", "enabled", false, "database", SHOP));
            get(cluster.node("A")
                    .system()
                    .commit(Transaction.of(List.of(new Write.PutDocument("tasks/t", "@tasks", task, null)), 1)));

            // the level is raised a moment after the start
            await().atMost(TestCluster.PATIENCE)
                    .untilAsserted(() -> assertThatThrownBy(() -> split(cluster.node("A"), 0))
                            .hasMessageContaining("Expected no tasks"));

            get(cluster.node("A")
                    .system()
                    .commit(Transaction.of(List.of(new Write.DeleteDocument("tasks/t", null)), 1)));
            get(cluster.shard("A", SHOP).commit(Transaction.of(List.of(new Write.PutEntry("rows/1", new byte[1])), 1)));
            assertThatThrownBy(() -> split(cluster.node("A"), 0)).hasMessageContaining("given up");
            assertThat(cluster.node("A").decisions().get(0).why()).contains("rows");
            put(cluster.node("A"), "old/1", "{}", null, null);
        }
    }

    private static void assertDocuments(
            ClusterNode node, Map<String, ChangeVector> before, Map<String, Integer> written) {
        List<Document> all = scan(node);
        assertThat(all).extracting(Document::id).doesNotHaveDuplicates().hasSize(before.size() + written.size());
        for (Document document : all) {
            if (before.containsKey(document.id())) {
                assertThat(document.changeVector()).isEqualTo(before.get(document.id()));
            } else {
                assertThat(document.body().asObject().get("n")).isEqualTo((long) written.get(document.id()));
            }
        }
    }

    private static void assertRetriesAnswerTheSame(ClusterNode node, Map<String, ChangeVector> before) {
        for (int i = 0; i < 200; i += 10) {
            CommitResult again = put(node, "old/" + i, "{\"again\":true}", null, "key-" + i);
            assertThat(again.repeated()).isTrue();
            assertThat(again.changeVectors()).containsExactly(before.get("old/" + i));
        }
    }

    private static String views(TestCluster cluster, String id) {
        return replicas(cluster).stream()
                .map(store -> "\n" + store.definition() + (store.leads() ? " leads, " : ", ") + store.document(id)
                        + " at " + store.appliedIndex() + ", head " + store.head() + ", "
                        + store.splits().all())
                .collect(Collectors.joining());
    }

    private static List<ReplicatedStore> replicas(TestCluster cluster) {
        List<ReplicatedStore> all = new ArrayList<>();
        for (ClusterNode node : cluster.nodes()) {
            int shards = node.database(SHOP).map(shop -> shop.all().size()).orElse(0); // one that has just started
            IntStream.range(0, shards).forEach(shard -> node.shard(SHOP, shard).ifPresent(all::add));
        }
        return all;
    }

    private static boolean isClean(TestCluster cluster) {
        try {
            return replicas(cluster).stream().noneMatch(ReplicatedStore::isToBeCleaned);
        } catch (RookeryException e) {
            return false; // one is being replaced by a leader's snapshot
        }
    }

    private static void assertReplicasEqual(TestCluster cluster, int shards) {
        Slots slots =
                cluster.node("A").database(SHOP).orElseThrow().definition().slots();
        for (int shard = 0; shard < shards; shard++) {
            int number = shard;
            String id = IntStream.range(0, 10_000)
                    .mapToObj(i -> "same/" + i)
                    .filter(one -> slots.shardOf(one) == number)
                    .findFirst()
                    .orElseThrow();
            long index = put(cluster.node("A"), id, "{}", null, null).index();
            List<StateHash> hashes = cluster.nodes().stream()
                    .map(node -> get(node.shard(SHOP, number).orElseThrow().stateHash(index)))
                    .toList();
            assertThat(hashes).hasSize(3).allMatch(hashes.get(0)::equals);
        }
    }

    /** What is stored gives the hash that was kept write by write, so a replica that began with too little is seen. */
    private static void assertSound(TestCluster cluster) {
        for (ReplicatedStore store : replicas(cluster)) {
            await().atMost(TestCluster.PATIENCE).untilAsserted(() -> {
                StateHash found = store.replica().read(DocumentStore::verify);
                StateHash kept = store.replica()
                        .read(open -> open.stateHash(found.index()).orElseThrow());
                assertThat(found).as(store.definition().toString()).isEqualTo(kept);
            });
        }
    }
}
