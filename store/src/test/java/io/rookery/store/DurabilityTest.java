package io.rookery.store;

import static io.rookery.store.StoreFixture.put;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rookery.api.ErrorCode;
import io.rookery.api.RookeryException;
import io.rookery.api.Transaction;
import io.rookery.store.rocks.StoreFailure;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is there after a crash, in a copy, and while it closes. */
class DurabilityTest {
    @TempDir
    Path directory;

    private StoreFixture fixture;

    @BeforeEach
    void open() {
        fixture = new StoreFixture(directory.resolve("db"));
    }

    @AfterEach
    void close() {
        fixture.close();
    }

    private static List<Command> entry(long index) {
        return List.of(new Command.Commit(
                new Transaction(List.of(), List.of(put("d" + index % 7, "" + index)), "key" + index, null, index)));
    }

    private void applyUpTo(DocumentStore store, long last) {
        for (long i = store.applied().index() + 1; i <= last; i++) {
            store.apply(new TermIndex(1, i), entry(i));
        }
    }

    @Test
    void shouldComeBackAtTheLastFlushAfterACrash() {
        applyUpTo(fixture.store(), 40);
        TermIndex flushed = fixture.store().flush();
        applyUpTo(fixture.store(), 90);

        Path crashed = DiskCopy.copy(directory.resolve("db"), directory.resolve("crashed"));

        assertThat(flushed).isEqualTo(new TermIndex(1, 40));
        assertThat(DocumentStore.appliedIn(crashed)).isEqualTo(flushed);
        try (DocumentStore again = DocumentStore.open(crashed, "A", fixture.resources())) {
            assertThat(again.applied()).isEqualTo(flushed);
            assertThat(again.head()).isEqualTo(41);
            assertThat(again.stateHash(40)).isEqualTo(fixture.store().stateHash(40));
            assertThat(again.verify()).isEqualTo(again.stateHash(40).orElseThrow());
            applyUpTo(again, 90);
            assertThat(again.stateHash(90))
                    .isPresent()
                    .isEqualTo(fixture.store().stateHash(90));
            assertThat(again.verify()).isEqualTo(fixture.store().verify());
        }
    }

    @Test
    void shouldComeBackWithEverythingAfterClose() {
        applyUpTo(fixture.store(), 10);
        fixture.store().passed(new TermIndex(2, 11));

        fixture.reopen();

        assertThat(fixture.store().applied()).isEqualTo(new TermIndex(2, 11));
        assertThat(fixture.store().stateHash(11)).isPresent();
        assertThat(fixture.store().head()).isEqualTo(11);
    }

    @Test
    void shouldMakePassedEntriesDurableWithAFlush() {
        applyUpTo(fixture.store(), 3);
        fixture.store().passed(new TermIndex(4, 4));
        assertThat(fixture.store().applied()).isEqualTo(new TermIndex(4, 4));
        assertThat(fixture.store().stateHash(4).orElseThrow().low())
                .isEqualTo(fixture.store().stateHash(3).orElseThrow().low());

        assertThat(fixture.store().flush()).isEqualTo(new TermIndex(4, 4));

        Path crashed = DiskCopy.copy(directory.resolve("db"), directory.resolve("crashed"));
        assertThat(DocumentStore.appliedIn(crashed)).isEqualTo(new TermIndex(4, 4));
        fixture.store().passed(new TermIndex(1, 2));
        assertThat(fixture.store().applied()).isEqualTo(new TermIndex(4, 4));
    }

    @Test
    void shouldRefuseEntriesThatAreApplied() {
        applyUpTo(fixture.store(), 3);

        assertThatThrownBy(() -> fixture.store().apply(new TermIndex(1, 3), entry(3)))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(fixture.store().head()).isEqualTo(4);
    }

    @Test
    void shouldCopyConsistentlyWhileEntriesAreApplied() throws Exception {
        AtomicBoolean stop = new AtomicBoolean();
        ExecutorService applier = Executors.newSingleThreadExecutor();
        try {
            Future<?> applying = applier.submit(() -> {
                while (!stop.get()) {
                    applyUpTo(fixture.store(), fixture.store().applied().index() + 1);
                }
            });
            Awaitility.await().until(() -> fixture.store().applied().index() > 100);
            for (int i = 0; i < 3; i++) {
                TermIndex before = fixture.store().applied();
                Path copy = directory.resolve("copy" + i);
                TermIndex in = fixture.store().checkpoint(copy);

                assertThat(in.index()).isGreaterThanOrEqualTo(before.index());
                assertThat(directory.resolve("copy" + i + ".unfinished")).doesNotExist();
                try (DocumentStore opened = DocumentStore.open(copy, "A", fixture.resources())) {
                    assertThat(opened.applied()).isEqualTo(in);
                    assertThat(opened.verify())
                            .isEqualTo(opened.stateHash(in.index()).orElseThrow());
                }
                assertThat(fixture.store().flush().index()).isGreaterThanOrEqualTo(in.index());
            }
            stop.set(true);
            applying.get(60, TimeUnit.SECONDS);
        } finally {
            stop.set(true);
            applier.shutdown();
        }
    }

    @Test
    void shouldRefuseToCopyOverWhatIsThere() {
        assertThatThrownBy(() -> fixture.store().checkpoint(directory)).isInstanceOf(StoreFailure.class);
    }

    @Test
    void shouldHaveNoAppliedPlaceWhereThereIsNoStore() {
        assertThat(DocumentStore.appliedIn(directory.resolve("nothing"))).isEqualTo(TermIndex.NONE);
        assertThat(fixture.store().applied()).isEqualTo(TermIndex.NONE);
    }

    @Test
    void shouldCloseWhileReadersAreInside() throws Exception {
        applyUpTo(fixture.store(), 50);
        DocumentStore store = fixture.store();
        ExecutorService readers = Executors.newFixedThreadPool(4);
        try {
            List<Future<?>> reading = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                reading.add(readers.submit(() -> {
                    while (true) {
                        store.document("d1");
                        store.documentsFrom("d", null, 10);
                        fixture.feed(0);
                    }
                }));
            }
            store.close();

            for (Future<?> reader : reading) {
                assertThatThrownBy(() -> reader.get(60, TimeUnit.SECONDS))
                        .isInstanceOf(ExecutionException.class)
                        .cause()
                        .isInstanceOfSatisfying(RookeryException.class, e -> assertThat(e.code())
                                .isEqualTo(ErrorCode.UNAVAILABLE));
            }
            store.close();
        } finally {
            readers.shutdown();
        }
    }

    @Test
    void shouldTakeNoMoreEntriesAfterAFailure() {
        fixture.store().close();

        assertThatThrownBy(() -> fixture.store().apply(new TermIndex(1, 0), entry(0)))
                .isInstanceOf(StoreFailure.class);
        assertThatThrownBy(() -> fixture.store().apply(new TermIndex(1, 1), entry(1)))
                .isInstanceOf(StoreFailure.class)
                .hasMessageContaining("after a failure");
    }
}
