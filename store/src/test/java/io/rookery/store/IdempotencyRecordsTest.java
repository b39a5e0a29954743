package io.rookery.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.rookery.api.CommitResult;
import io.rookery.store.rocks.RocksResources;
import io.rookery.store.rocks.RocksStore;
import io.rookery.store.rocks.RocksView;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How long results are kept, and how many. */
class IdempotencyRecordsTest {
    private static final long DAY = IdempotencyRecords.PROMISED_MILLIS;

    @TempDir
    Path directory;

    private RocksResources resources;
    private RocksStore rocks;
    private Draft draft;
    private ShardState state;

    @BeforeEach
    void open() {
        resources = new RocksResources(8 << 20, 4 << 20);
        rocks = RocksStore.open(directory, resources);
        draft = new Draft(rocks, new StateSum(0, 0));
        try (RocksView view = rocks.view()) {
            state = ShardState.load(view, "A");
        }
    }

    @AfterEach
    void close() {
        draft.close();
        rocks.close();
        resources.close();
    }

    private static IdempotencyRecord record(long timestamp, long index) {
        return IdempotencyRecord.of(new CommitResult(index, index, List.of(), false), timestamp);
    }

    @Test
    void shouldMakeRoomOnlyByWhatIsOlderThanADay() {
        IdempotencyRecords records = new IdempotencyRecords(draft, state, 3);
        for (int i = 0; i < 3; i++) {
            assertThat(records.hasRoom(i)).isTrue();
            records.remember("k" + i, record(i, i));
        }

        assertThat(records.hasRoom(DAY)).isFalse();
        assertThat(records.hasRoom(DAY + 1)).isTrue();
        records.remember("k3", record(DAY + 1, 3));

        assertThat(records.find("k0")).isNull();
        assertThat(records.find("k1")).isNotNull();
        assertThat(records.find("k3").index()).isEqualTo(3);
        assertThat(records.kept()).isEqualTo(3);
    }

    /** Clocks that differ by minutes, bursts and pauses, compaction now and then: no promise is broken, no bound passed. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void shouldKeepEveryResultForADayAndNoMoreThanTheBound(long seed) {
        Random random = new Random(seed);
        IdempotencyRecords records = new IdempotencyRecords(draft, state, 50);
        Map<String, IdempotencyRecord> promised = new LinkedHashMap<>();
        long now = DAY;
        int refused = 0;
        for (int i = 0; i < 4_000; i++) {
            now += random.nextInt(100) == 0 ? random.nextLong(DAY) : random.nextLong(DAY / 40);
            long stamp = now - random.nextInt(600_000);
            if (random.nextInt(50) == 0) {
                while (records.hasOlderThan(now - DAY - 3_600_000)) {
                    records.removeOldest();
                }
            }
            if (records.hasRoom(stamp)) {
                promised.put("k" + i, record(stamp, i));
                records.remember("k" + i, record(stamp, i));
            } else {
                refused++;
                assertThat(records.kept()).isEqualTo(50);
            }
            long today = now - DAY;
            promised.values().removeIf(record -> record.timestamp() < today);
            assertThat(records.kept()).isLessThanOrEqualTo(50);
            promised.forEach((key, record) -> assertThat(records.find(key)).isEqualTo(record));
        }
        assertThat(refused).as("the bound was met").isPositive();
    }
}
