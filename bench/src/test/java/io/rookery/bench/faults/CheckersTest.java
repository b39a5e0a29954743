package io.rookery.bench.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.rookery.bench.faults.Counters.Ticket;
import io.rookery.bench.faults.FeedConsumers.Change;
import io.rookery.bench.faults.FeedConsumers.Seen;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** That the workloads' checkers find what they are there for, and nothing else. */
final class CheckersTest {
    private static Ticket ticket(String key, String id) {
        return new Ticket(new Door.Ask("PUT", "/", "{}", Map.of()), key, id, 0);
    }

    private static List<String> violations(List<Ticket> tickets, Map<String, String> stored) {
        return Counters.violationsOf(tickets, stored, true);
    }

    private static AcknowledgedWrites writes(Set<String> acknowledged, Set<String> refused) {
        AcknowledgedWrites writes = new AcknowledgedWrites(1);
        writes.acknowledged().addAll(acknowledged);
        writes.refused().addAll(refused);
        return writes;
    }

    @Test
    void shouldAcceptBankOnlyWhenTotalIsExactAndNoAccountIsBelowZero() {
        assertThat(Bank.violationOf(List.of(100L, 100L, 100L, 100L, 200L, 0L))).isEmpty();
        assertThat(Bank.violationOf(List.of(100L, 100L, 100L, 100L, 100L, 101L)).orElseThrow())
                .contains("total of 600");
        assertThat(Bank.violationOf(List.of(100L, 100L, 100L, 100L, 201L, -1L)).orElseThrow())
                .contains("below zero");
        assertThat(Bank.violationOf(java.util.Arrays.asList(100L, null, 100L, 100L, 100L, 200L))
                        .orElseThrow())
                .contains("missing");
    }

    @Test
    void shouldAcceptTicketsWhenEachKeyTookEffectOnce() {
        assertThat(violations(
                        List.of(ticket("a", "ticket/1"), ticket("b", "ticket/2"), ticket("unknown", null)),
                        Map.of("ticket/1", "a", "ticket/2", "b")))
                .isEmpty();
        assertThat(violations(
                        List.of(ticket("a", "ticket/1"), ticket("unknown", null)),
                        Map.of("ticket/1", "a", "ticket/2", "unknown")))
                .isEmpty();
    }

    @Test
    void shouldFindKeyThatTookEffectTwice() {
        assertThat(violations(List.of(ticket("a", "ticket/1")), Map.of("ticket/1", "a", "ticket/2", "a")))
                .singleElement()
                .asString()
                .contains("more than once");
        assertThat(violations(List.of(ticket("unknown", null)), Map.of("ticket/1", "unknown", "ticket/2", "unknown")))
                .hasSize(1);
    }

    @Test
    void shouldFindTicketThatIsLostOrAnotherOneOrWasRefusedOrLeftOut() {
        assertThat(violations(List.of(ticket("a", "ticket/1")), Map.of())).hasSize(1);
        assertThat(violations(
                        List.of(ticket("a", "ticket/2"), ticket("b", "ticket/1")),
                        Map.of("ticket/1", "a", "ticket/2", "b")))
                .hasSize(2);
        assertThat(violations(List.of(), Map.of("ticket/1", "refused")))
                .singleElement()
                .asString()
                .contains("was refused");
        assertThat(violations(
                        List.of(ticket("a", "ticket/1"), ticket("b", "ticket/3")),
                        Map.of("ticket/1", "a", "ticket/3", "b")))
                .singleElement()
                .asString()
                .contains("without a gap");
    }

    @Test
    void shouldAcceptNumbersThatAreLeftOutOnlyInDatabaseOfSeveralShards() {
        List<Ticket> tickets = List.of(ticket("a", "ticket/1"), ticket("b", "ticket/3"));

        assertThat(Counters.violationsOf(tickets, Map.of("ticket/1", "a", "ticket/3", "b"), false))
                .isEmpty();
        assertThat(Counters.violationsOf(tickets, Map.of("ticket/1", "a", "ticket/2", "b", "ticket/3", "b"), false))
                .singleElement()
                .asString()
                .contains("more than once");
    }

    @Test
    void shouldCountPlacesInEachShardOfFeed() {
        Seen seen = new Seen("C");
        assertThat(seen.take(new Change(7, "x", "A:7", false))).isEmpty();
        assertThat(seen.take(new Change(3, "y", "B:3", false))).isEmpty();
        assertThat(seen.take(new Change(3, "z", "B:3", false))).hasSize(1);
        assertThat(seen.take(new Change(7, "x", "A:7", false))).hasSize(1);
        seen.at("0:7:0,1:3:0");
        seen.at("0:9:0,1:3:0,2:7:0");
        assertThat(seen.take(new Change(5, "v", "A:5", false))).isEmpty();
        assertThat(seen.take(new Change(5, "v", "A:5", false))).hasSize(1);
        assertThat(seen.take(new Change(4, "v", "C:4", false))).hasSize(1);
    }

    @Test
    void shouldAcceptFeedThatIsInOrderAndComplete() {
        Seen seen = new Seen("C");
        assertThat(seen.take(new Change(1, "set/1", "A:1", false))).isEmpty();
        assertThat(seen.take(new Change(2, "x", "A:2", false))).isEmpty();
        assertThat(seen.take(new Change(5, "x", "A:5", true))).isEmpty();
        assertThat(seen.take(new Change(6, "y", "A:6", false))).isEmpty();

        assertThat(seen.violationsAtTheEnd(
                        Map.of("set/1", "A:1", "y", "A:6"), writes(Set.of("set/1"), Set.of("set/2"))))
                .isEmpty();
    }

    @Test
    void shouldFindChangeThatComesAgainOrOutOfOrder() {
        Seen seen = new Seen("C");
        seen.take(new Change(4, "x", "A:4", false));

        assertThat(seen.take(new Change(4, "x", "A:4", false))).hasSize(1);
        assertThat(seen.take(new Change(3, "x", "A:3", false))).hasSize(1);
    }

    @Test
    void shouldFindFeedThatLeftSomethingOutOrShowedWhatWasRefused() {
        AcknowledgedWrites none = writes(Set.of(), Set.of());
        Seen seen = new Seen("C");
        seen.take(new Change(1, "x", "A:1", false));

        assertThat(seen.violationsAtTheEnd(Map.of("x", "A:2"), none)).hasSize(1); // an older version
        assertThat(seen.violationsAtTheEnd(Map.of("x", "A:1", "y", "A:3"), none))
                .hasSize(1); // a document
        assertThat(seen.violationsAtTheEnd(Map.of(), none)).hasSize(1); // its deletion
        assertThat(seen.violationsAtTheEnd(Map.of("x", "A:1"), writes(Set.of("set/1"), Set.of())))
                .singleElement()
                .asString()
                .contains("never saw the acknowledged set/1");
        assertThat(seen.violationsAtTheEnd(Map.of("x", "A:1"), writes(Set.of(), Set.of("x"))))
                .singleElement()
                .asString()
                .contains("answered not_applied");
    }

    @Test
    void shouldFindLostWrites() {
        assertThat(AcknowledgedWrites.missing(Set.of("a", "b"), Set.of("a", "b", "c")))
                .isEmpty();
        assertThat(AcknowledgedWrites.missing(Set.of("a", "b"), Set.of("a"))).containsExactly("b");
    }
}
