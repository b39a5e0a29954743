package io.rookery.checkers.transactions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rookery.checkers.transactions.Anomaly.Kind;
import io.rookery.checkers.transactions.ListTransaction.Append;
import io.rookery.checkers.transactions.ListTransaction.Outcome;
import io.rookery.checkers.transactions.ListTransaction.Read;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class ListAppendCheckTest {
    /** A transaction that is put together; at the same time as all others unless it is said otherwise. */
    private static final class Draft {
        private final String name;
        private final List<Read> reads = new ArrayList<>();
        private final List<Append> appends = new ArrayList<>();
        private Outcome outcome = Outcome.COMMITTED;
        private long invoked;
        private long returned = 1_000;

        private Draft(String name) {
            this.name = name;
        }

        Draft read(String key, Long... values) {
            reads.add(new Read(key, List.of(values)));
            return this;
        }

        Draft append(String key, long value) {
            appends.add(new Append(key, value));
            return this;
        }

        Draft during(long from, long to) {
            invoked = from;
            returned = to;
            return this;
        }

        Draft as(Outcome known) {
            outcome = known;
            return this;
        }

        ListTransaction done() {
            return new ListTransaction(name, reads, appends, outcome, invoked, returned);
        }
    }

    private static Draft transaction(String name) {
        return new Draft(name);
    }

    private static List<Kind> kinds(Draft... drafts) {
        return ListAppendCheck.anomalies(
                        java.util.Arrays.stream(drafts).map(Draft::done).toList())
                .stream()
                .map(Anomaly::kind)
                .distinct()
                .toList();
    }

    @Test
    void shouldAcceptTransactionsWhenTheyFollowEachOther() {
        assertThat(kinds(
                        transaction("T1").append("x", 1).append("y", 2).during(0, 1),
                        transaction("T2").read("x", 1L).append("x", 3).during(2, 3),
                        transaction("T3").read("x", 1L, 3L).read("y", 2L).during(4, 5)))
                .isEmpty();
    }

    @Test
    void shouldAcceptOneOrderWhenTransactionsOverlap() {
        assertThat(kinds(
                        transaction("T1").read("y").append("x", 1),
                        transaction("T2").read("x", 1L).append("y", 2),
                        transaction("T3").read("x", 1L).read("y", 2L)))
                .isEmpty();
    }

    @Test
    void shouldFindAbortedReadWhenRefusedValueIsSeen() {
        assertThat(kinds(
                        transaction("T1").append("x", 1).as(Outcome.ABORTED),
                        transaction("T2").read("x", 1L)))
                .containsExactly(Kind.G1A);
    }

    @Test
    void shouldFindIntermediateReadWhenOnlyTheFirstAppendIsSeen() {
        assertThat(kinds(
                        transaction("T1").append("x", 1).append("x", 2),
                        transaction("T2").read("x", 1L),
                        transaction("T3").read("x", 1L, 2L)))
                .contains(Kind.G1B);
    }

    @Test
    void shouldFindWriteCycleWhenTwoListsDisagree() {
        assertThat(kinds(
                        transaction("T1").append("x", 1).append("y", 2),
                        transaction("T2").append("x", 3).append("y", 4),
                        transaction("T3").read("x", 1L, 3L),
                        transaction("T4").read("y", 4L, 2L)))
                .contains(Kind.G0);
    }

    @Test
    void shouldFindCircularReadsWhenTwoSeeEachOther() {
        assertThat(kinds(
                        transaction("T1").append("x", 1).read("y", 2L),
                        transaction("T2").append("y", 2).read("x", 1L)))
                .containsExactly(Kind.G1C);
    }

    @Test
    void shouldFindReadSkewWhenHalfOfTransactionIsSeen() {
        assertThat(kinds(
                        transaction("T1").append("x", 1).append("y", 2),
                        transaction("T2").read("x", 1L).read("y"),
                        transaction("T3").read("y", 2L)))
                .containsExactly(Kind.G_SINGLE);
    }

    @Test
    void shouldFindLostUpdateWhenBothReadTheSame() {
        assertThat(kinds(
                        transaction("T1").read("x").append("x", 1),
                        transaction("T2").read("x").append("x", 2),
                        transaction("T3").read("x", 1L, 2L)))
                .contains(Kind.G_SINGLE);
    }

    @Test
    void shouldFindWriteSkewWhenEachMissesTheOther() {
        assertThat(kinds(
                        transaction("T1").read("y").append("x", 1),
                        transaction("T2").read("x").append("y", 2),
                        transaction("T3").read("x", 1L).read("y", 2L)))
                .containsExactly(Kind.G2);
    }

    @Test
    void shouldFindRealTimeWriteCycleWhenLaterAppendComesFirst() {
        assertThat(kinds(
                        transaction("T1").append("x", 1).during(0, 1),
                        transaction("T2").append("x", 2).during(2, 3),
                        transaction("T3").read("x", 2L, 1L).during(4, 5)))
                .contains(Kind.G0_REALTIME)
                .doesNotContain(Kind.G0);
    }

    @Test
    void shouldFindRealTimeCycleOfReadsWhenValueIsSeenBeforeItWasSent() {
        assertThat(kinds(
                        transaction("T1").read("x", 1L).during(0, 1),
                        transaction("T2").append("x", 1).during(2, 3)))
                .containsExactly(Kind.G1C_REALTIME);
    }

    @Test
    void shouldFindStaleReadWhenWriteHadEndedBefore() {
        assertThat(kinds(
                        transaction("T1").append("x", 1).during(0, 1),
                        transaction("T2").read("x").during(2, 3),
                        transaction("T3").read("x", 1L).during(4, 5)))
                .containsExactly(Kind.G_SINGLE_REALTIME);
    }

    @Test
    void shouldFindLostAppendWhenAcknowledgedValueIsNeverSeen() {
        assertThat(kinds(
                        transaction("T1").read("x").append("x", 1).during(0, 1),
                        transaction("T2").append("x", 2).during(2, 3),
                        transaction("T3").read("x", 1L).during(4, 5)))
                .containsExactly(Kind.G_SINGLE_REALTIME);
    }

    @Test
    void shouldFindRealTimeWriteSkewWhenTwoMissWritesInTurn() {
        assertThat(kinds(
                        transaction("T1").append("y", 2).during(0, 1),
                        transaction("T2").append("x", 1).read("y").during(0, 10),
                        transaction("T3").read("x").during(2, 3),
                        transaction("T4").read("x", 1L).read("y", 2L).during(20, 21)))
                .containsExactly(Kind.G2_REALTIME);
    }

    @Test
    void shouldFindValueTwiceAndOrdersThatContradictAndValuesOfNobody() {
        assertThat(kinds(transaction("T1").append("x", 1), transaction("T2").read("x", 1L, 1L)))
                .contains(Kind.DUPLICATE);
        assertThat(kinds(
                        transaction("T1").append("x", 1),
                        transaction("T2").append("x", 2),
                        transaction("T3").read("x", 1L, 2L),
                        transaction("T4").read("x", 2L)))
                .contains(Kind.INCOMPATIBLE_ORDER);
        assertThat(kinds(transaction("T1").read("x", 9L))).containsExactly(Kind.UNWRITTEN);
    }

    @Test
    void shouldCountUnknownTransactionOnlyWhenItWasSeen() {
        // unseen: may not have happened, so nothing is wrong with a read that misses it
        assertThat(kinds(
                        transaction("T1").append("x", 1).during(0, 1).as(Outcome.UNKNOWN),
                        transaction("T2").read("x").during(5, 6)))
                .isEmpty();
        // it may take effect long after its client gave up
        assertThat(kinds(
                        transaction("T1").append("x", 1).during(0, 1).as(Outcome.UNKNOWN),
                        transaction("T2").read("x").during(5, 6),
                        transaction("T3").read("x", 1L).during(7, 8)))
                .isEmpty();
        // but then stays
        assertThat(kinds(
                        transaction("T1").append("x", 1).during(0, 1).as(Outcome.UNKNOWN),
                        transaction("T2").read("x", 1L).during(5, 6),
                        transaction("T3").read("x").during(7, 8)))
                .containsExactly(Kind.G_SINGLE_REALTIME);
    }

    @Test
    void shouldRefuseHistoryWhenOneValueIsAppendedTwice() {
        assertThatThrownBy(() -> kinds(
                        transaction("T1").append("x", 1), transaction("T2").append("x", 1)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void shouldAcceptSerialHistoryAndFindEachFlawThatIsPutIntoIt() {
        Random random = new Random(20_261_124);
        List<ListTransaction> history = serial(random, 20_000);
        assertThat(ListAppendCheck.anomalies(history)).isEmpty();
        int found = 0;
        int tried = 0;
        for (int round = 0; round < 40; round++) {
            List<ListTransaction> spoilt = serial(random, 300);
            if (spoil(spoilt, random)) {
                tried++;
                found += ListAppendCheck.anomalies(spoilt).isEmpty() ? 0 : 1;
            }
        }
        assertThat(tried).isPositive();
        assertThat(found).isEqualTo(tried);
    }

    /** What a store that does one transaction at a time shows to clients that overlap. */
    private static List<ListTransaction> serial(Random random, int size) {
        Map<String, List<Long>> lists = new HashMap<>();
        List<ListTransaction> history = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            Draft draft = transaction("T" + i).during(i * 10L - random.nextInt(40), i * 10L + 1 + random.nextInt(40));
            String key = "k" + i / 200 + "." + random.nextInt(4);
            String other = "k" + i / 200 + "." + random.nextInt(4);
            draft.read(key, lists.getOrDefault(key, List.of()).toArray(Long[]::new));
            if (!other.equals(key)) {
                draft.read(other, lists.getOrDefault(other, List.of()).toArray(Long[]::new));
            }
            if (random.nextInt(3) > 0) {
                draft.append(key, i);
                lists.computeIfAbsent(key, absent -> new ArrayList<>()).add((long) i);
            }
            if (random.nextInt(50) == 0) {
                draft.as(Outcome.UNKNOWN);
            }
            history.add(draft.done());
        }
        return history;
    }

    /** Lets one reader miss the last two values of a list, the newest of which had been acknowledged before it began. */
    private static boolean spoil(List<ListTransaction> history, Random random) {
        for (int i = 100 + random.nextInt(100); i < history.size(); i++) {
            ListTransaction reader = history.get(i);
            Read read = reader.reads().get(0);
            int size = read.values().size();
            if (reader.isCommitted() && size > 2) {
                ListTransaction writer = history.get(read.values().get(size - 2).intValue());
                if (writer.isCommitted() && writer.returned() < reader.invoked()) {
                    List<Read> reads = new ArrayList<>(reader.reads());
                    reads.set(0, new Read(read.key(), read.values().subList(0, size - 2)));
                    history.set(
                            i,
                            new ListTransaction(
                                    reader.name(),
                                    reads,
                                    reader.appends(),
                                    reader.outcome(),
                                    reader.invoked(),
                                    reader.returned()));
                    return true;
                }
            }
        }
        return false;
    }
}
