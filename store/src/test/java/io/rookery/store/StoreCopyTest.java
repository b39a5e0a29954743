package io.rookery.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rookery.api.FeedRequest;
import io.rookery.api.Json;
import io.rookery.api.Transaction;
import io.rookery.api.Write;
import io.rookery.store.rocks.StoreFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StoreCopyTest {
    @TempDir
    Path folder;

    private final StoreResources resources = StoreResources.open(8 << 20, 8 << 20);
    private final Random random = new Random(7);
    private DocumentStore store;

    @BeforeEach
    void fill() {
        store = DocumentStore.open(folder.resolve("store"), "A", resources);
        for (int i = 1; i <= 500; i++) {
            put(i, "items/" + i);
        }
    }

    @AfterEach
    void close() {
        store.close();
        resources.close();
    }

    private void put(int index, String id) {
        byte[] noise = new byte[200];
        random.nextBytes(noise);
        Json body =
                Json.of(java.util.Map.of("noise", java.util.Base64.getEncoder().encodeToString(noise)));
        store.apply(
                new TermIndex(1, index),
                List.of(new Command.Commit(
                        Transaction.of(List.of(new Write.PutDocument(id, "Items", body, null)), 1_000 + index))));
    }

    private Path checkpoint() {
        Path checkpoint = folder.resolve("copy");
        store.checkpoint(checkpoint);
        return checkpoint;
    }

    @Test
    void shouldBeOneMomentWhileTheStoreGoesOn() {
        try (StoreCopy copy = StoreCopy.open(checkpoint(), "A", resources)) {
            put(501, "items/501");

            assertThat(copy.head()).isEqualTo(500);
            assertThat(copy.applied()).isEqualTo(store.stateHash(500).orElseThrow());
            assertThat(copy.documentsFrom("", null, 1_000)).hasSize(500);
            assertThat(copy.documentsFrom("items/50", null, 10).get(0))
                    .isEqualTo(store.document("items/50").orElseThrow());
            assertThat(copy.read(new FeedRequest(490, 100, 1 << 20, null, false))
                            .changes())
                    .hasSize(10);
        }
    }

    @Test
    void shouldFindNothingWrongAndSayHowMuchWasRead() {
        AtomicLong read = new AtomicLong();
        try (StoreCopy copy = StoreCopy.open(checkpoint(), "A", resources)) {
            assertThat(copy.damage(read::addAndGet)).isEmpty();
        }
        assertThat(read.get()).isGreaterThan(500 * 200);
    }

    @Test
    void shouldFindAFlippedBitAndNeverAnswerWithIt() throws IOException {
        Path checkpoint = checkpoint();
        flipOneBit(biggestTable(checkpoint));

        try (StoreCopy copy = StoreCopy.open(checkpoint, "A", resources)) {
            assertThat(copy.damage(read -> {}))
                    .hasValueSatisfying(damage -> assertThat(damage).contains(".sst"));
            assertThatThrownBy(() -> copy.documentsFrom("", null, 1_000))
                    .isInstanceOfSatisfying(StoreFailure.class, failure -> assertThat(failure.isDamage())
                            .isTrue());
        }
    }

    static Path biggestTable(Path store) throws IOException {
        try (Stream<Path> files = Files.list(store)) {
            return files.filter(file -> file.toString().endsWith(".sst"))
                    .max(Comparator.comparingLong(file -> file.toFile().length()))
                    .orElseThrow();
        }
    }

    /** In the middle of the first data block. A link's other names would be flipped too: the file is made anew. */
    static void flipOneBit(Path file) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        bytes[4_000] ^= 0x10;
        Files.delete(file);
        Files.write(file, bytes);
    }
}
