package io.rookery.checkers.linearizability;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class LinearizabilityTest {
    private static final long NEVER = Operation.NEVER;

    private static Operation write(String value, long invoked, long returned) {
        return operation(new Effect.Write(value), invoked, returned);
    }

    private static Operation read(String value, long invoked, long returned) {
        return operation(new Effect.Read(value), invoked, returned);
    }

    private static Operation swap(String expected, String value, long invoked, long returned) {
        return operation(new Effect.Swap(expected, value), invoked, returned);
    }

    private static Operation refused(String expected, long invoked, long returned) {
        return operation(new Effect.RefusedSwap(expected), invoked, returned);
    }

    private static Operation operation(Effect effect, long invoked, long returned) {
        return new Operation("x", "client", effect, invoked, returned);
    }

    private static List<Violation> violations(Operation... history) {
        return Linearizability.violations(List.of(history));
    }

    @Test
    void shouldAcceptHistoryWhenOperationsFollowEachOther() {
        assertThat(violations(
                        read(null, 0, 1), write("a", 2, 3), read("a", 4, 5), swap("a", "b", 6, 7), read("b", 8, 9)))
                .isEmpty();
    }

    @Test
    void shouldFindStaleReadWhenWriteHadReturnedBefore() {
        List<Violation> found = violations(write("a", 0, 1), write("b", 2, 3), read("a", 4, 5));

        assertThat(found).hasSize(1);
        assertThat(found.get(0).explained()).containsExactly(write("a", 0, 1), write("b", 2, 3));
        assertThat(found.get(0).value()).isEqualTo("b");
        assertThat(found.get(0).stuck()).containsExactly(read("a", 4, 5));
    }

    @Test
    void shouldAcceptEitherValueWhenReadAndWriteOverlap() {
        assertThat(violations(write("a", 0, 1), write("b", 2, 5), read("a", 3, 4)))
                .isEmpty();
        assertThat(violations(write("a", 0, 1), write("b", 2, 5), read("b", 3, 4)))
                .isEmpty();
    }

    @Test
    void shouldFindReadThatGoesBackWhenNewValueWasSeenWhileWriteRan() {
        assertThat(violations(write("a", 0, 1), write("b", 2, 9), read("b", 3, 4), read("a", 5, 6)))
                .hasSize(1);
    }

    @Test
    void shouldFindLostWriteWhenItsEffectIsNeverSeen() {
        assertThat(violations(write("a", 0, 1), read("a", 2, 3), write(null, 4, 5), read("a", 6, 7)))
                .hasSize(1);
        assertThat(violations(write("a", 0, 1), read(null, 2, 3))).hasSize(1);
    }

    @Test
    void shouldFindCompareAndSetThatWasDoneTwice() {
        assertThat(violations(write("a", 0, 1), swap("a", "b", 2, 6), swap("a", "c", 3, 5)))
                .hasSize(1);
        // which is all right as soon as somebody may have set it back
        assertThat(violations(write("a", 0, 1), swap("a", "b", 2, 6), swap("a", "c", 3, 5), write("a", 2, NEVER)))
                .isEmpty();
    }

    @Test
    void shouldFindRefusalWhenExpectedValueWasThereAllTheTime() {
        assertThat(violations(write("a", 0, 1), refused("a", 2, 3))).hasSize(1);
        assertThat(violations(write("a", 0, 1), refused("a", 2, 5), swap("a", "b", 3, 4)))
                .isEmpty();
    }

    @Test
    void shouldKeepUnknownWriteOpenWhenItsEffectComesLateOrNever() {
        Operation unknown = write("b", 2, NEVER);
        assertThat(violations(write("a", 0, 1), unknown, read("a", 100, 101))).isEmpty();
        assertThat(violations(write("a", 0, 1), unknown, read("a", 100, 101), read("b", 102, 103)))
                .isEmpty();
        assertThat(violations(write("a", 0, 1), unknown, read("b", 100, 101), read("a", 102, 103)))
                .hasSize(1);
        assertThat(violations(write("a", 3, 4), read("b", 5, 6), write("b", 7, NEVER)))
                .as("seen before it was sent")
                .hasSize(1);
    }

    @Test
    void shouldFindValueThatNobodyWroteWhenTheWriteWasAnsweredNotApplied() {
        // a refused write has no operation in the history: its value must not turn up
        assertThat(violations(write("a", 0, 1), read("refused", 2, 3))).hasSize(1);
    }

    @Test
    void shouldNameOnlyTheRegisterWhenTheOthersAreRight() {
        List<Operation> history = List.of(
                new Operation("x", "c1", new Effect.Write("1"), 0, 1),
                new Operation("y", "c1", new Effect.Write("2"), 2, 3),
                new Operation("x", "c2", new Effect.Read("1"), 4, 5),
                new Operation("y", "c2", new Effect.Read(null), 6, 7));

        assertThat(Linearizability.violations(history))
                .extracting(Violation::register)
                .containsExactly("y");
    }

    @Test
    void shouldAgreeWithEveryOrderTriedWhenHistoriesAreRandom() {
        Random random = new Random(20_261_123);
        int refused = 0;
        int rounds = 4_000;
        for (int round = 0; round < rounds; round++) {
            List<Operation> history = new ArrayList<>();
            int size = 3 + random.nextInt(5);
            for (int i = 0; i < size; i++) {
                long invoked = random.nextInt(20);
                long returned = random.nextInt(8) == 0 ? NEVER : invoked + 1 + random.nextInt(8);
                history.add(operation(anyEffect(random), invoked, returned));
            }
            boolean explained = new AllOrders(history).oneExplains();
            refused += explained ? 0 : 1;
            assertThat(Linearizability.violations(history).isEmpty())
                    .as(history.toString())
                    .isEqualTo(explained);
        }
        assertThat(refused).isBetween(rounds / 10, rounds * 9 / 10);
    }

    private static Effect anyEffect(Random random) {
        String one = anyValue(random);
        return switch (random.nextInt(4)) {
            case 0 -> new Effect.Read(one);
            case 1 -> new Effect.Swap(one, anyValue(random));
            case 2 -> new Effect.RefusedSwap(one);
            default -> new Effect.Write(one);
        };
    }

    private static String anyValue(Random random) {
        int value = random.nextInt(3);
        return value == 0 ? null : Integer.toString(value);
    }

    @Test
    void shouldDecideLongHistoryWhenManyClientsOverlapAndSomeNeverHearBack() {
        Random random = new Random(7);
        List<Operation> history = played(random, 4_000);

        assertThat(Linearizability.violations(history)).isEmpty();

        int late = history.size() - 1;
        history.set(late, new Operation("x", "client", new Effect.Read("value 17"), 1L << 40, (1L << 40) + 1));
        assertThat(Linearizability.violations(history)).hasSize(1);
    }

    /** What eight clients see of a register that does each operation at one moment between its call and its return. */
    private static List<Operation> played(Random random, int size) {
        List<long[]> times = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            long moment = i * 10L + 1;
            times.add(new long[] {moment - 1 - random.nextInt(40), moment, moment + 1 + random.nextInt(40)});
        }
        List<Operation> history = new ArrayList<>();
        String value = null;
        for (int i = 0; i < size; i++) {
            Effect effect = playedEffect(random, value, i);
            value = effect.after(value);
            long returned = random.nextInt(200) == 0 ? NEVER : times.get(i)[2];
            history.add(operation(effect, times.get(i)[0], returned));
        }
        Collections.shuffle(history, random);
        return history;
    }

    private static Effect playedEffect(Random random, String value, int i) {
        return switch (random.nextInt(5)) {
            case 0, 1 -> new Effect.Read(value);
            case 2 -> new Effect.Swap(value, "value " + i);
            case 3 -> Objects.equals(value, "value 0") ? new Effect.Read(value) : new Effect.RefusedSwap("value 0");
            default -> new Effect.Write("value " + i);
        };
    }
}
