package io.rookery.cluster.disk;

import static org.assertj.core.api.Assertions.assertThat;

import io.rookery.api.ErrorCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A volume whose other files are a number; the ballast on it is a real file. */
public class DiskTest {
    private static final long MB = 1 << 20;
    private static final long TOTAL = 400 * MB;

    @TempDir
    Path folder;

    private long others;

    private Disk disk(long total) {
        return new Disk(folder, () -> new Disk.Space(total - others - ballast(), total));
    }

    private long ballast() throws IOException {
        Path file = folder.resolve("ballast");
        return Files.exists(file) ? Files.size(file) : 0;
    }

    private Disk withBallast() {
        Disk disk = disk(TOTAL);
        assertThat(disk.lacksBallast()).isTrue();
        disk.fillBallast();
        return disk;
    }

    private Disk.State seen(Disk disk, long otherMegabytes) {
        others = otherMegabytes * MB;
        disk.look();
        return disk.state();
    }

    @Test
    public void shouldHaveMarksInProportionOnSmallVolumesAndBoundedOnBigOnes() {
        assertThat(Disk.fullMark(1_000 * MB)).isEqualTo(100 * MB);
        assertThat(Disk.fullMark(8_000 * MB)).isEqualTo(512 * MB);
        assertThat(Disk.fullMark(50_000 * MB)).isEqualTo(2_500 * MB);
        assertThat(Disk.resumeMark(50_000 * MB)).isEqualTo(4_000 * MB);
        assertThat(Disk.lowMark(50_000 * MB)).isEqualTo(7_500 * MB);
        assertThat(Disk.fullMark(2_000_000 * MB)).isEqualTo(4_096 * MB);
        assertThat(Disk.ballastSize(100_000 * MB)).isEqualTo(64 * MB);
        assertThat(Disk.ballastSize(100 * MB)).isEqualTo(10 * MB);
    }

    @Test
    public void shouldWarnThenRefuseThenResumeOnlyWhenThereIsRoomToSpare() throws IOException {
        Disk disk = withBallast();
        assertThat(ballast()).isEqualTo(40 * MB);
        assertThat(disk.lacksBallast()).isFalse();

        assertThat(seen(disk, 230)).isEqualTo(Disk.State.OK);
        assertThat(disk.reason()).isEmpty();
        assertThat(seen(disk, 250)).isEqualTo(Disk.State.LOW);
        assertThat(seen(disk, 321)).isEqualTo(Disk.State.FULL);
        assertThat(disk.isFull()).isTrue();
        assertThat(disk.hasRoom()).as("what is under way may end").isTrue();
        assertThat(disk.reason())
                .hasValueSatisfying(reason -> assertThat(reason).contains("39 of 400 MB"));
        assertThat(disk.refusal().code()).isEqualTo(ErrorCode.DISK_FULL);
        assertThat(disk.refusal().outcomeKnown()).isTrue();

        assertThat(seen(disk, 300)).as("60 MB free").isEqualTo(Disk.State.FULL);
        assertThat(seen(disk, 295)).as("65 MB free").isEqualTo(Disk.State.LOW);
        assertThat(seen(disk, 0)).isEqualTo(Disk.State.OK);
    }

    @Test
    public void shouldGiveUpBallastWhenNothingIsLeftAndMakeItAgain() throws IOException {
        Disk disk = withBallast();

        assertThat(seen(disk, 360)).isEqualTo(Disk.State.FULL);
        assertThat(ballast()).isZero();
        assertThat(disk.space().free()).as("the ballast's room").isEqualTo(40 * MB);
        assertThat(disk.hasRoom()).isTrue();

        assertThat(seen(disk, 381)).isEqualTo(Disk.State.FULL);
        assertThat(disk.hasRoom()).as("half of it is used up").isFalse();

        // the ballast's own room is no reason to go on
        assertThat(seen(disk, 320)).isEqualTo(Disk.State.FULL);
        assertThat(disk.lacksBallast()).isFalse();

        assertThat(seen(disk, 200)).isNotEqualTo(Disk.State.FULL);
        assertThat(disk.lacksBallast()).isTrue();
        disk.fillBallast();
        assertThat(ballast()).isEqualTo(40 * MB);
        assertThat(disk.isFull()).isFalse();
    }

    @Test
    public void shouldSayWhetherASnapshotFits() {
        Disk disk = withBallast();
        others = 100 * MB;
        disk.look();

        assertThat(disk.fits(200 * MB)).isTrue();
        assertThat(disk.fits(230 * MB)).isFalse();
    }

    @Test
    public void shouldStartFullOnAVolumeThatIsFull() {
        others = 399 * MB;

        Disk disk = disk(TOTAL);

        assertThat(disk.state()).isEqualTo(Disk.State.FULL);
        assertThat(disk.hasRoom()).isFalse();
    }
}
