package io.rookery.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * What every exactly-once sink has to hold; its test extends this. Each test needs an empty target and may open several
 * sinks to it, as successive owners of one task do.
 */
public abstract class SinkContract {
    protected static final String TASK = "contract";

    private final List<Sink> opened = new ArrayList<>();

    /** A new sink for the task {@link #TASK} and shard 0 to this test's target. */
    protected abstract Sink sink();

    /** What the target holds now: a body for each document; compared with {@link #body}. */
    protected abstract Map<String, Object> delivered();

    /** How often something took effect in the target since its start; -1 where it keeps no record of it. */
    protected int effects() {
        return -1;
    }

    /** A change that the target will always refuse; null where there is none. */
    protected abstract Change rejected(long sequence, String id);

    /** The body of the contract's documents: {@code {"name": name}}, as the target shows it in {@link #delivered}. */
    protected Object body(String name) {
        return Map.of("name", name);
    }

    @AfterEach
    final void closeSinks() {
        opened.forEach(Sink::close);
    }

    private Sink made() {
        Sink sink = sink();
        opened.add(sink);
        return sink;
    }

    protected static Change put(long sequence, String id, String name) {
        return new Change(
                sequence,
                Operation.INSERT,
                id,
                "Things",
                1_700_000_000_000L,
                Json.of(Map.of("name", name)),
                null,
                null);
    }

    protected static Change delete(long sequence, String id) {
        return new Change(sequence, Operation.DELETE, id, "Things", 1_700_000_000_000L, null, null, null);
    }

    protected static Batch batch(Checkpoint checkpoint, Change... changes) {
        return new Batch(TASK, 0, List.of(changes), checkpoint);
    }

    @Test
    void shouldHaveNoCheckpointInAnEmptyTarget() {
        assertThat(made().open(1)).isEqualTo(Checkpoint.NONE);
    }

    @Test
    void shouldDeliverPutsAndDeletesInOrder() {
        // given
        Sink sink = made();
        sink.open(1);

        // when
        sink.write(batch(new Checkpoint(1, 3, 0), put(1, "a", "one"), put(2, "b", "two"), put(3, "a", "three")));
        sink.write(batch(new Checkpoint(1, 4, 0), delete(4, "b")));

        // then
        assertThat(delivered()).isEqualTo(Map.of("a", body("three")));
    }

    @Test
    void shouldReadBackTheCheckpointOfTheLastBatch() {
        // given
        Sink first = made();
        first.open(1);
        first.write(batch(new Checkpoint(1, 7, 0), put(5, "a", "one")));
        first.close();

        // when
        Checkpoint found = made().open(2);

        // then the changes behind the last one that matched are passed too
        assertThat(found.sequence()).isEqualTo(7);
    }

    @Test
    void shouldKeepTheCheckpointOfAnEmptyBatch() {
        // given
        Sink first = made();
        first.open(1);
        first.write(batch(new Checkpoint(1, 1, 0), put(1, "a", "one")));
        first.write(batch(new Checkpoint(1, 900, 0)));
        first.close();

        // when, then
        assertThat(made().open(2).sequence()).isEqualTo(900);
        assertThat(delivered()).isEqualTo(Map.of("a", body("one")));
    }

    @Test
    void shouldHaveOneEffectWhenTheNextOwnerGoesOnFromTheTargetsCheckpoint() {
        // given a feed, and an owner that dies after the first batch without having told anybody
        List<Change> feed = List.of(put(1, "a", "one"), put(2, "b", "two"), delete(3, "a"), put(4, "c", "four"));
        Sink first = made();
        first.open(1);
        first.write(new Batch(TASK, 0, feed.subList(0, 2), new Checkpoint(1, 2, 0)));
        first.close();

        // when
        Sink second = made();
        long from = second.open(2).sequence();
        List<Change> rest =
                feed.stream().filter(change -> change.sequence() > from).toList();
        second.write(new Batch(TASK, 0, rest, new Checkpoint(2, 4, 0)));

        // then
        assertThat(rest).hasSize(2);
        assertThat(delivered()).isEqualTo(Map.of("b", body("two"), "c", body("four")));
        assertThat(effects()).isIn(-1, 4);
    }

    @Test
    void shouldFenceTheFormerOwner() {
        // given
        Sink former = made();
        former.open(1);
        former.write(batch(new Checkpoint(1, 1, 0), put(1, "a", "one")));
        made().open(2);

        // when, then
        assertThatThrownBy(() -> former.write(batch(new Checkpoint(1, 2, 0), put(2, "a", "late"))))
                .isInstanceOfSatisfying(
                        RookeryException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.FENCED));
        assertThat(delivered()).isEqualTo(Map.of("a", body("one")));
    }

    @Test
    void shouldRefuseToOpenForALowerEpoch() {
        // given
        made().open(5);

        // when, then
        Sink late = made();
        assertThatThrownBy(() -> {
                    late.open(4);
                    late.write(batch(new Checkpoint(4, 1, 0), put(1, "a", "late")));
                })
                .isInstanceOfSatisfying(
                        RookeryException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.FENCED));
        assertThat(delivered()).isEmpty();
    }

    @Test
    void shouldHaveNoEffectOfABatchWithARejectedChange() {
        // given
        Change poison = rejected(2, "b");
        assumeThat(poison).isNotNull();
        Sink sink = made();
        sink.open(1);

        // when
        assertThatThrownBy(
                        () -> sink.write(batch(new Checkpoint(1, 3, 0), put(1, "a", "one"), poison, put(3, "c", "x"))))
                .isInstanceOfSatisfying(RejectedChangeException.class, e -> assertThat(e.sequence())
                        .isEqualTo(2));

        // then nothing of it is there, and the sink goes on without the change
        assertThat(delivered()).isEmpty();
        sink.write(batch(new Checkpoint(1, 3, 0), put(1, "a", "one"), put(3, "c", "x")));
        assertThat(delivered()).isEqualTo(Map.of("a", body("one"), "c", body("x")));
    }

    @Test
    void shouldRememberTheRetriedChangeWithTheSameSequence() {
        // given
        Sink first = made();
        first.open(1);
        first.write(batch(new Checkpoint(1, 9, 0), put(9, "a", "nine")));

        // when a parked change is delivered later
        first.write(batch(new Checkpoint(1, 9, 4), put(4, "b", "four")));
        first.close();

        // then
        Checkpoint found = made().open(2);
        assertThat(found.sequence()).isEqualTo(9);
        assertThat(found.retried()).isEqualTo(4);
        assertThat(delivered()).isEqualTo(Map.of("a", body("nine"), "b", body("four")));
    }

    @Test
    void shouldDeliverAgainWhenAnEmptyBatchGoesBack() {
        // given
        Sink sink = made();
        sink.open(1);
        sink.write(batch(new Checkpoint(1, 1, 0), put(1, "a", "one")));
        sink.write(batch(new Checkpoint(1, 2, 0), put(2, "b", "two")));

        // when the task is replayed, and its steps now say something else
        sink.write(batch(new Checkpoint(1, 0, 0)));
        sink.write(batch(new Checkpoint(1, 1, 0), put(1, "a", "ein")));
        sink.write(batch(new Checkpoint(1, 2, 0), put(2, "b", "zwei")));

        // then
        assertThat(delivered()).isEqualTo(Map.of("a", body("ein"), "b", body("zwei")));
        assertThat(effects()).isIn(-1, 4);
    }

    @Test
    void shouldGoOnWithTheReplayWhenTheOwnerChangesInItsMiddle() {
        // given
        Sink first = made();
        first.open(1);
        first.write(batch(new Checkpoint(1, 1, 0), put(1, "a", "one")));
        first.write(batch(new Checkpoint(1, 9, 0), put(9, "b", "two")));
        first.write(batch(new Checkpoint(1, 0, 0)));
        first.write(batch(new Checkpoint(1, 1, 0), put(1, "a", "ein")));
        first.close();

        // when
        Sink second = made();
        Checkpoint found = second.open(2);
        second.write(batch(new Checkpoint(2, 9, 0), put(9, "b", "zwei")));

        // then
        assertThat(found.sequence()).isEqualTo(1);
        assertThat(delivered()).isEqualTo(Map.of("a", body("ein"), "b", body("zwei")));
    }

    @Test
    void shouldFenceTheReplayOfTheFormerOwner() {
        // given
        Sink former = made();
        former.open(1);
        former.write(batch(new Checkpoint(1, 7, 0), put(7, "a", "one")));
        made().open(2);

        // when, then
        assertThatThrownBy(() -> former.write(batch(new Checkpoint(1, 0, 0))))
                .isInstanceOfSatisfying(
                        RookeryException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.FENCED));
        assertThat(made().open(3).sequence()).isEqualTo(7);
    }

    @Test
    void shouldTakeTheSameRetryAgainAfterAReplay() {
        // given
        Sink sink = made();
        sink.open(1);
        sink.write(batch(new Checkpoint(1, 9, 0), put(9, "a", "nine")));
        sink.write(batch(new Checkpoint(1, 9, 4), put(4, "b", "four")));

        // when the replay meets the same poison, and its change is retried once more
        sink.write(batch(new Checkpoint(1, 0, 0)));
        sink.write(batch(new Checkpoint(1, 9, 0), put(9, "a", "nine")));
        sink.write(batch(new Checkpoint(1, 9, 4), put(4, "b", "vier")));

        // then
        assertThat(delivered()).isEqualTo(Map.of("a", body("nine"), "b", body("vier")));
    }

    @Test
    void shouldForgetTheRetriedChangeWhenReplayed() {
        // given
        Sink first = made();
        first.open(1);
        first.write(batch(new Checkpoint(1, 9, 4), put(4, "b", "four")));
        first.write(batch(new Checkpoint(1, 2, 0)));
        first.close();

        // when, then the next owner must not take the change for delivered
        Checkpoint found = made().open(2);
        assertThat(found.sequence()).isEqualTo(2);
        assertThat(found.retried()).isZero();
    }
}
