package io.rookery.cluster.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rookery.api.ChangeVector;
import io.rookery.api.Checkpoint;
import io.rookery.api.CommitResult;
import io.rookery.api.Due;
import io.rookery.api.ErrorCode;
import io.rookery.api.Fence;
import io.rookery.api.Json;
import io.rookery.api.Read;
import io.rookery.api.RookeryException;
import io.rookery.api.Transaction;
import io.rookery.api.Write;
import io.rookery.store.Command;
import io.rookery.store.Outcome;
import io.rookery.store.RevisionPolicy;
import io.rookery.store.Split;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.junit.jupiter.api.Test;

public class CommandCodecTest {
    /** What version 1 wrote for {@link #commands()}: these bytes are in logs and must be readable for ever. */
    private static final String VERSION_1 =
            "01038a010180d095ffbc3101036b65790102696e0502086f72646572732f31014107086f72646572732f3200000701086f72"
                    + "646572732f31064f7264657273077b226e223a317d0001086f72646572732f33064f7264657273027b7d01000002086f7264"
                    + "6572732f32010141ac020305726f772f31030102030405726f772f3205036f757402e8070006036f6c6406020a05e8076401"
                    + "03";

    private static List<Command> commands() {
        Transaction transaction = new Transaction(
                List.of(new Read("orders/1", new ChangeVector("A", 7)), new Read("orders/2", ChangeVector.NONE)),
                List.of(
                        new Write.PutDocument(
                                "orders/1", "Orders", Json.trusted("{\"n\":1}".getBytes(StandardCharsets.UTF_8)), null),
                        new Write.PutDocument(
                                "orders/3",
                                "Orders",
                                Json.trusted("{}".getBytes(StandardCharsets.UTF_8)),
                                ChangeVector.NONE),
                        new Write.DeleteDocument("orders/2", new ChangeVector("A", 300)),
                        new Write.PutEntry("row/1", new byte[] {1, 2, 3}),
                        new Write.DeleteEntry("row/2"),
                        new Write.SaveCheckpoint("out", new Checkpoint(2, 1_000, 0)),
                        new Write.ForgetTask("old")),
                "key",
                new Fence("in", 5),
                1_700_000_000_000L);
        return List.of(new Command.Commit(transaction), new Command.Compact(10, 5, 1_000, 100), new Command.Barrier());
    }

    /** What version 2 wrote for {@link #counting()}. */
    private static final String VERSION_2 =
            "02025d0480d095ffbc3100000006070675736572732f055573657273027b7d080675736572732f090675736572732fe807010a0865"
                    + "6d61696c732f610c7b224f626a656374223a317d000b08656d61696c732f62ac02020775736572732f31000103";

    private static List<Command> counting() {
        Json value = Json.trusted("{\"Object\":1}".getBytes(StandardCharsets.UTF_8));
        Transaction transaction = Transaction.of(
                List.of(
                        new Write.PutNumbered("users/", "Users", Json.trusted("{}".getBytes(StandardCharsets.UTF_8))),
                        new Write.TakeNumber("users/"),
                        new Write.SeedNumber("users/", 1_000, true),
                        new Write.PutCompareExchange("emails/a", value, 0),
                        new Write.DeleteCompareExchange("emails/b", 300),
                        new Write.DeleteDocument("users/1", null)),
                1_700_000_000_000L);
        return List.of(new Command.Commit(transaction), new Command.Barrier());
    }

    @Test
    public void shouldReadAndWriteGoldenBytesOfVersion2() {
        byte[] entry =
                CommandCodec.entry(counting().stream().map(CommandCodec::encode).toList());

        assertThat(HexFormat.of().formatHex(entry)).isEqualTo(VERSION_2);
        assertThat(CommandCodec.commands(HexFormat.of().parseHex(VERSION_2)))
                .usingRecursiveComparison()
                .isEqualTo(counting());
    }

    /** What version 5 wrote for a part. */
    private static final String VERSION_5 =
            "05012d322430303030303030302d303030302d303030312d303030302d303030303030303030303032ac02ad0202cafe";

    @Test
    public void shouldReadAndWriteGoldenBytesOfVersion5() {
        Command part = new Command.Part(new UUID(1, 2), 300, 301, new byte[] {(byte) 0xca, (byte) 0xfe});

        assertThat(HexFormat.of().formatHex(CommandCodec.entry(List.of(CommandCodec.encode(part)))))
                .isEqualTo(VERSION_5);
        assertThat(CommandCodec.commands(HexFormat.of().parseHex(VERSION_5)))
                .usingRecursiveComparison()
                .isEqualTo(List.of(part));
    }

    @Test
    public void shouldCutACommandIntoPartsThatMakeItAgain() {
        Write put = new Write.PutDocument("a", "As", Json.of("x".repeat(2 << 20)), null);
        Command command = new Command.Commit(Transaction.of(List.of(put), 1_000));
        byte[] bytes = CommandCodec.encode(command);

        List<byte[]> entries = CommandCodec.parts(new UUID(1, 2), bytes);

        assertThat(entries).hasSize(3).allMatch(entry -> entry.length <= CommandCodec.PART_BYTES + 100);
        ByteArrayOutputStream joined = new ByteArrayOutputStream();
        for (int number = 0; number < entries.size(); number++) {
            Command.Part part =
                    (Command.Part) CommandCodec.commands(entries.get(number)).get(0);
            assertThat(List.of(part.number(), part.count())).containsExactly(number, 3);
            joined.writeBytes(part.bytes());
        }
        assertThat(Arrays.equals(joined.toByteArray(), bytes)).isTrue();
        assertThat(Arrays.equals(CommandCodec.encode(CommandCodec.command(bytes)), bytes))
                .isTrue();
    }

    /** What version 3 wrote for {@link #due()}. */
    private static final String VERSION_3 =
            "03035a1480d095ffbc3100000004140775736572732f31055573657273027b7d00ac0200150675736572732f055573657273"
                    + "027b7d00011608656d61696c732f61027b7d07ac02010775736572732f32055573657273027b7d010141070a1580d095ffbc"
                    + "31010064391637010100010000000000000005ffffffffffffffff0000006400000005557365727300010000000000000005"
                    + "ffffffffffffffff00000064";

    private static List<Command> due() {
        Json body = Json.trusted("{}".getBytes(StandardCharsets.UTF_8));
        Transaction transaction = Transaction.of(
                List.of(
                        new Write.PutDocument("users/1", "Users", body, null, new Due(300, 0)),
                        new Write.PutNumbered("users/", "Users", body, new Due(0, 1)),
                        new Write.PutCompareExchange("emails/a", body, 7, 300),
                        new Write.PutDocument("users/2", "Users", body, new ChangeVector("A", 7))),
                1_700_000_000_000L);
        RevisionPolicy.Rule rule = new RevisionPolicy.Rule(false, 5, -1, true, 100);
        return List.of(
                new Command.Commit(transaction),
                new Command.Sweep(1_700_000_000_000L, true, false, 100),
                new Command.ConfigureRevisions(new RevisionPolicy(rule, new TreeMap<>(Map.of("Users", rule)))));
    }

    @Test
    public void shouldReadAndWriteGoldenBytesOfVersion3() {
        byte[] entry =
                CommandCodec.entry(due().stream().map(CommandCodec::encode).toList());

        assertThat(HexFormat.of().formatHex(entry)).isEqualTo(VERSION_3);
        assertThat(CommandCodec.commands(HexFormat.of().parseHex(VERSION_3)))
                .usingRecursiveComparison()
                .isEqualTo(due());
    }

    private static byte[] entry() {
        return CommandCodec.entry(commands().stream().map(CommandCodec::encode).toList());
    }

    @Test
    public void shouldReadAndWriteGoldenBytesOfVersion1() {
        assertThat(CommandCodec.commands(HexFormat.of().parseHex(VERSION_1)))
                .usingRecursiveComparison()
                .isEqualTo(commands());
        assertThat(HexFormat.of().formatHex(entry())).isEqualTo(VERSION_1);
    }

    @Test
    public void shouldReadAndWriteTheEntriesOfVersion4() {
        List<Command> commands = List.of(new Command.Split("A", "B", 524_288, 1_048_575), new Command.Clean(1_000));
        String golden = "04020b2801410142808020ffff3f0329e807";

        assertThat(CommandCodec.commands(HexFormat.of().parseHex(golden))).isEqualTo(commands);
        byte[] entry =
                CommandCodec.entry(commands.stream().map(CommandCodec::encode).toList());
        assertThat(HexFormat.of().formatHex(entry)).isEqualTo(golden);
    }

    @Test
    public void shouldRefuseEntryThatIsCutOrOfAnotherVersion() {
        byte[] entry = entry();
        for (int length = 0; length < entry.length; length++) {
            byte[] cut = Arrays.copyOf(entry, length);
            assertThatThrownBy(() -> CommandCodec.commands(cut)).isInstanceOf(IllegalStateException.class);
        }
        entry[0] = 9;
        assertThatThrownBy(() -> CommandCodec.commands(entry)).hasMessageContaining("version 1 to 5 but found 9");
    }

    @Test
    public void shouldRefuseIdsThatAreTooLong() {
        Command command =
                new Command.Commit(Transaction.of(List.of(new Write.DeleteDocument("x".repeat(513), null)), 1));

        assertThatThrownBy(() -> CommandCodec.encode(command))
                .isInstanceOfSatisfying(RookeryException.class, failure -> assertThat(failure.code())
                        .isEqualTo(ErrorCode.BAD_ID));
    }

    @Test
    public void shouldRefuseTransactionThatNoLogEntryHolds() {
        Write big = new Write.PutEntry("big", new byte[11 << 20]);
        Command command = new Command.Commit(Transaction.of(List.of(big, big), 1));

        assertThatThrownBy(() -> CommandCodec.encode(command))
                .isInstanceOfSatisfying(RookeryException.class, failure -> assertThat(failure.code())
                        .isEqualTo(ErrorCode.TOO_LARGE));
    }

    @Test
    public void shouldCarryEveryOutcome() {
        List<Outcome> outcomes = List.of(
                new Outcome.Committed(
                        new CommitResult(9, 8, List.of(new ChangeVector("A", 8), ChangeVector.NONE), true)),
                new Outcome.Conflict("orders/1", ChangeVector.NONE, new ChangeVector("A", 1)),
                new Outcome.Fenced("in", 1, 2),
                new Outcome.Compacted(true),
                new Outcome.Passed(77),
                new Outcome.Committed(new CommitResult(
                        9, 8, List.of(new ChangeVector("A", 8), ChangeVector.NONE), false, List.of(0L, 7L))),
                new Outcome.Mismatch("emails/a", 0, 7, Json.parse("{\"Object\":1}")),
                new Outcome.Mismatch("emails/a", 7, 0, null),
                new Outcome.Full(50_000_000),
                new Outcome.Swept(1, 2, 3, true),
                new Outcome.Moved("orders/1"),
                new Outcome.Divided(new Split("A", "B", 524_288, 1_048_575, 7, 9)),
                new Outcome.Undivided("it holds rows"),
                new Outcome.Cleaned(true),
                new Outcome.Incomplete());

        OutcomeCodec.Reply reply = OutcomeCodec.reply(OutcomeCodec.reply(3, outcomes));

        assertThat(reply.term()).isEqualTo(3);
        assertThat(reply.outcomes()).extracting(OutcomeCodec::decode).isEqualTo(outcomes);
    }
}
