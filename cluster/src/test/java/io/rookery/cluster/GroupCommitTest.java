package io.rookery.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rookery.api.ErrorCode;
import io.rookery.api.RookeryException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class GroupCommitTest {
    private final List<List<byte[]>> sent = new ArrayList<>();
    private final List<CompletableFuture<List<GroupCommit.Result>>> answers = new ArrayList<>();
    private final GroupCommit commit = new GroupCommit(
            batch -> {
                sent.add(batch);
                answers.add(new CompletableFuture<>());
                return answers.get(answers.size() - 1);
            },
            Runnable::run);

    @Test
    void shouldSendAtOnceWhileSlotIsFreeAndTogetherWhenNoneIs() {
        // when
        List<CompletableFuture<byte[]>> outcomes = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            outcomes.add(commit.submit(new byte[] {(byte) i}));
        }

        // then
        assertThat(sent).extracting(List::size).containsExactly(1, 1);
        succeed(0);
        assertThat(sent).extracting(List::size).containsExactly(1, 1, 10);
        succeed(1);
        succeed(2);
        assertThat(outcomes)
                .extracting(CompletableFuture::join)
                .extracting(bytes -> (int) bytes[0])
                .containsExactly(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11);
    }

    @Test
    void shouldTakeMoreSlotsUnderLoadButNoMoreThanFour() {
        // when
        for (int i = 0; i < 2_000; i++) {
            commit.submit(new byte[10]);
        }

        // then
        assertThat(sent).hasSize(4);
        succeed(0);
        assertThat(sent).hasSize(5);
        assertThat(sent.get(4)).hasSize(256);
    }

    @Test
    void shouldBoundBatchByBytesAndSendBigCommandAlone() {
        // given
        commit.submit(new byte[1]);
        commit.submit(new byte[1]);
        commit.submit(new byte[300 << 10]);
        commit.submit(new byte[300 << 10]);
        commit.submit(new byte[10 << 20]);
        commit.submit(new byte[1]);

        // when
        for (int i = 0; i < 6 && i < answers.size(); i++) {
            succeed(i);
        }

        // then
        assertThat(sent.subList(2, sent.size())).allMatch(batch -> batch.size() == 1);
        assertThat(sent).hasSize(6);
    }

    @Test
    void shouldRefuseWhatIsOverTheBoundAndTakeAgainWhenDone() {
        // given
        for (int i = 0; i < 8_192; i++) {
            commit.submit(new byte[1]);
        }

        // when
        CompletableFuture<byte[]> refused = commit.submit(new byte[1]);

        // then
        assertThatThrownBy(refused::join).cause().isInstanceOfSatisfying(RookeryException.class, failure -> {
            assertThat(failure.code()).isEqualTo(ErrorCode.OVERLOADED);
            assertThat(failure.outcomeKnown()).isTrue();
        });
        succeed(0);
        assertThat(commit.submit(new byte[1])).isNotDone();
    }

    @Test
    void shouldFailAllOfBatchWhenItsEntryFails() {
        // given
        CompletableFuture<byte[]> outcome = commit.submit(new byte[1]);

        // when
        answers.get(0).completeExceptionally(RookeryException.outcomeUnknown(ErrorCode.TIMEOUT, "late", null));

        // then
        assertThatThrownBy(outcome::join).cause().isInstanceOfSatisfying(RookeryException.class, failure -> assertThat(
                        failure.outcomeKnown())
                .isFalse());
    }

    private void succeed(int batch) {
        answers.get(batch)
                .complete(sent.get(batch).stream()
                        .map(command -> new GroupCommit.Result(command, null))
                        .toList());
    }
}
