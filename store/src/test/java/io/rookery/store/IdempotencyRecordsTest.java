package io.rookery.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.rookery.store.rocks.RocksResources;
import io.rookery.store.rocks.RocksStore;
import io.rookery.store.rocks.RocksView;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The bound of how many results are kept. */
class IdempotencyRecordsTest {
    @TempDir
    Path directory;

    @Test
    void shouldForgetTheOldestResultWhenThereAreTooMany() {
        try (RocksResources resources = new RocksResources(8 << 20, 4 << 20);
                RocksStore rocks = RocksStore.open(directory, resources);
                Draft draft = new Draft(rocks, new StateSum(0, 0))) {
            ShardState state;
            try (RocksView view = rocks.view()) {
                state = ShardState.load(view);
            }
            IdempotencyRecords records = new IdempotencyRecords(draft, state, 3);

            for (int i = 0; i < 5; i++) {
                records.remember("k" + i, new IdempotencyRecord(100 - i, i, i, List.of()));
            }

            assertThat(records.find("k0")).isNull();
            assertThat(records.find("k1")).isNull();
            assertThat(records.find("k2")).isNotNull();
            assertThat(records.find("k4").index()).isEqualTo(4);
            assertThat(state.nextIdempotency - state.oldestIdempotency).isEqualTo(3);
        }
    }
}
