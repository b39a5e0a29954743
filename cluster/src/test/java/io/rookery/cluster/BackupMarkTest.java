package io.rookery.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.rookery.api.ChangeVector;
import io.rookery.api.Document;
import io.rookery.store.StoreStatistics;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** The newest backup holds the feed's versions for a day, and no longer. */
class BackupMarkTest {
    private static final UUID GROUP = UUID.randomUUID();
    private static final long DAY = Duration.ofDays(1).toMillis();

    private final BackupMark mark = new BackupMark(1_000, Map.of(GROUP, 40L));

    @Test
    void shouldHoldItsShardsForADay() {
        assertThat(mark.holds(GROUP, 1_000 + DAY)).isEqualTo(40);
        assertThat(mark.holds(GROUP, 1_001 + DAY)).isEqualTo(Long.MAX_VALUE);
        assertThat(mark.holds(UUID.randomUUID(), 1_000)).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void shouldReadBackWhatItWrites() {
        assertThat(BackupMark.of(new Document("backups/shop", "@backups", ChangeVector.NONE, 1, mark.json())))
                .isEqualTo(mark);
    }

    @Test
    void shouldKeepVersionsThatTheNextBackupNeedsButNoneThatIsOlderThanADay() {
        // nobody but the backup holds: the oldest checkpoint is the head
        FeedWindow window = new FeedWindow(new StoreStatistics(Map.of(), 0, 100, 0, 100, 0), 10, Map.of());

        assertThat(window.versionsBefore(Long.MAX_VALUE)).isEqualTo(100);
        assertThat(window.versionsBefore(40)).isEqualTo(40);
        assertThat(window.versionsBefore(5)).isEqualTo(10);
    }
}
