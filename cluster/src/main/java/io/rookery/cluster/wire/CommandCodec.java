package io.rookery.cluster.wire;

import io.rookery.api.ChangeVector;
import io.rookery.api.Checkpoint;
import io.rookery.api.DocumentId;
import io.rookery.api.Due;
import io.rookery.api.ErrorCode;
import io.rookery.api.Fence;
import io.rookery.api.Json;
import io.rookery.api.Read;
import io.rookery.api.RookeryException;
import io.rookery.api.Transaction;
import io.rookery.api.Write;
import io.rookery.store.Command;
import io.rookery.store.RevisionPolicy;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;

/**
 * Commands as bytes, and log entries made of them: a version, a count, the commands. Every version that was ever
 * written stays readable. Version 2 is written only for what version 1 has no word for: compare-exchange values and
 * identities; version 3 for what is due by itself and for revisions; version 4 for splits of a shard; version 5 for commands
 * in parts. A command's bytes are made once, where the request entered, and are only copied from there on.
 */
public final class CommandCodec {
    public static final int VERSION = 5;
    /** A command may be this big: a document at its limit with room for what surrounds it. Before version 5 an entry, too. */
    public static final int MAX_BYTES = 20 << 20;
    /** A command of more goes in parts of so much. */
    public static final int PART_BYTES = 1 << 20;

    private static final int KEY_BYTES = 8 << 10;

    private static final int COMMIT = 1;
    private static final int COMPACT = 2;
    private static final int BARRIER = 3;
    /** A commit with writes that version 1 does not have. */
    private static final int COMMIT_2 = 4;
    /** A commit with writes that version 2 does not have. */
    private static final int COMMIT_3 = 20;

    private static final int SWEEP = 21;
    private static final int CONFIGURE_REVISIONS = 22;
    private static final int SPLIT = 40;
    private static final int CLEAN = 41;
    private static final int PART = 50;

    private static final int PUT_DOCUMENT = 1;
    private static final int DELETE_DOCUMENT = 2;
    private static final int PUT_ENTRY = 3;
    private static final int DELETE_ENTRY = 4;
    private static final int SAVE_CHECKPOINT = 5;
    private static final int FORGET_TASK = 6;
    private static final int PUT_NUMBERED = 7;
    private static final int TAKE_NUMBER = 8;
    private static final int SEED_NUMBER = 9;
    private static final int PUT_EXCHANGE = 10;
    private static final int DELETE_EXCHANGE = 11;
    private static final int PUT_DUE_DOCUMENT = 20;
    private static final int PUT_DUE_NUMBERED = 21;
    private static final int PUT_DUE_EXCHANGE = 22;

    private CommandCodec() {}

    public static byte[] entry(List<byte[]> commands) {
        int size = 8;
        int version = 1;
        for (byte[] command : commands) {
            size += command.length + 4;
            version = Math.max(version, version(command));
        }
        WireWriter out = new WireWriter(size).octet(version).number(commands.size());
        commands.forEach(out::bytes);
        return out.toBytes();
    }

    /** Whether an encoded command is a commit: what only looks or removes takes no space to speak of. */
    public static boolean isCommit(byte[] command) {
        return command[0] != COMPACT && command[0] != BARRIER && command[0] != CLEAN;
    }

    /** The version that has a word for the command; older releases cannot read it. */
    public static int version(byte[] command) {
        return switch (command[0]) {
            case COMMIT, COMPACT, BARRIER -> 1;
            case COMMIT_2 -> 2;
            case COMMIT_3, SWEEP, CONFIGURE_REVISIONS -> 3;
            case SPLIT, CLEAN -> 4;
            default -> VERSION;
        };
    }

    /** An encoded command as entries that each have a part of it, in order. */
    public static List<byte[]> parts(UUID whole, byte[] command) {
        int count = (command.length + PART_BYTES - 1) / PART_BYTES;
        List<byte[]> entries = new ArrayList<>(count);
        for (int number = 0; number < count; number++) {
            int from = number * PART_BYTES;
            byte[] bytes = Arrays.copyOfRange(command, from, Math.min(command.length, from + PART_BYTES));
            entries.add(entry(List.of(encode(new Command.Part(whole, number, count, bytes)))));
        }
        return entries;
    }

    /** What {@link #encode} made. */
    public static Command command(byte[] bytes) {
        return decode(new WireReader(bytes));
    }

    /** @throws IllegalStateException for what no version of this class wrote */
    public static List<Command> commands(byte[] entry) {
        WireReader in = new WireReader(entry);
        int version = in.octet();
        if (version < 1 || version > VERSION) {
            throw new IllegalStateException("Expected a log entry of version 1 to " + VERSION + " but found " + version
                    + "; a newer release has written it");
        }
        int count = in.count();
        List<Command> commands = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            commands.add(decode(in.part()));
        }
        in.end();
        return commands;
    }

    /** @throws RookeryException BAD_ID, BAD_REQUEST or TOO_LARGE: what is over a limit must never reach the log */
    public static byte[] encode(Command command) {
        WireWriter out = new WireWriter(256);
        if (command instanceof Command.Commit commit) {
            write(out.octet(kind(commit.transaction())), commit.transaction());
        } else if (command instanceof Command.Compact compact) {
            out.octet(COMPACT)
                    .number(compact.windowStart())
                    .number(compact.tombstonesBefore())
                    .number(compact.idempotencyBefore())
                    .number(compact.limit());
        } else if (command instanceof Command.Sweep sweep) {
            out.octet(SWEEP)
                    .number(sweep.now())
                    .flag(sweep.expire())
                    .flag(sweep.refresh())
                    .number(sweep.limit());
        } else if (command instanceof Command.ConfigureRevisions configure) {
            out.octet(CONFIGURE_REVISIONS).bytes(configure.policy().write());
        } else if (command instanceof Command.Split split) {
            out.octet(SPLIT)
                    .text(split.from())
                    .text(split.to())
                    .number(split.first())
                    .number(split.last());
        } else if (command instanceof Command.Clean clean) {
            out.octet(CLEAN).number(clean.limit());
        } else if (command instanceof Command.Part part) {
            out.octet(PART)
                    .text(part.whole().toString())
                    .number(part.number())
                    .number(part.count())
                    .bytes(part.bytes());
        } else {
            out.octet(BARRIER);
        }
        byte[] bytes = out.toBytes();
        if (bytes.length > MAX_BYTES) {
            throw new RookeryException(
                    ErrorCode.TOO_LARGE,
                    "Expected a transaction of at most " + MAX_BYTES + " bytes but found " + bytes.length);
        }
        return bytes;
    }

    private static int kind(Transaction transaction) {
        int kind = COMMIT;
        for (Write write : transaction.writes()) {
            if (isDue(write)) {
                return COMMIT_3;
            }
            if (write instanceof Write.PutCompareExchange
                    || write instanceof Write.DeleteCompareExchange
                    || write instanceof Write.PutNumbered
                    || write instanceof Write.TakeNumber
                    || write instanceof Write.SeedNumber) {
                kind = COMMIT_2;
            }
        }
        return kind;
    }

    private static boolean isDue(Write write) {
        return (write instanceof Write.PutDocument put && !put.due().equals(Due.NEVER))
                || (write instanceof Write.PutNumbered numbered
                        && !numbered.due().equals(Due.NEVER))
                || (write instanceof Write.PutCompareExchange exchange && exchange.expires() != 0);
    }

    private static Command decode(WireReader in) {
        int kind = in.octet();
        Command command =
                switch (kind) {
                    case COMMIT, COMMIT_2, COMMIT_3 -> new Command.Commit(transaction(in));
                    case COMPACT -> new Command.Compact(in.number(), in.number(), in.number(), (int) in.number());
                    case BARRIER -> new Command.Barrier();
                    case SWEEP -> new Command.Sweep(in.number(), in.flag(), in.flag(), (int) in.number());
                    case CONFIGURE_REVISIONS -> new Command.ConfigureRevisions(RevisionPolicy.read(in.bytes()));
                    case SPLIT -> new Command.Split(in.text(), in.text(), (int) in.number(), (int) in.number());
                    case CLEAN -> new Command.Clean((int) in.number());
                    case PART ->
                        new Command.Part(UUID.fromString(in.text()), (int) in.number(), (int) in.number(), in.bytes());
                    default -> throw new IllegalStateException("Expected a kind of command but found " + kind);
                };
        in.end();
        return command;
    }

    private static void write(WireWriter out, Transaction transaction) {
        out.number(transaction.timestamp()).flag(transaction.idempotencyKey() != null);
        if (transaction.idempotencyKey() != null) {
            out.text(key(transaction.idempotencyKey()));
        }
        out.flag(transaction.fence() != null);
        if (transaction.fence() != null) {
            out.text(key(transaction.fence().task())).number(transaction.fence().epoch());
        }
        out.number(transaction.reads().size());
        for (Read read : transaction.reads()) {
            changeVector(out.text(id(read.id())), read.expected());
        }
        out.number(transaction.writes().size());
        for (Write write : transaction.writes()) {
            write(out, write);
        }
    }

    private static void write(WireWriter out, Write write) {
        if (write instanceof Write.PutDocument put) {
            out.octet(isDue(put) ? PUT_DUE_DOCUMENT : PUT_DOCUMENT)
                    .text(id(put.id()))
                    .text(key(put.collection()))
                    .bytes(put.body().bytes());
            expected(out, put.expected());
            due(out, put.due());
        } else if (write instanceof Write.DeleteDocument delete) {
            expected(out.octet(DELETE_DOCUMENT).text(id(delete.id())), delete.expected());
        } else if (write instanceof Write.PutEntry put) {
            out.octet(PUT_ENTRY).text(key(put.key())).bytes(put.value());
        } else if (write instanceof Write.DeleteEntry delete) {
            out.octet(DELETE_ENTRY).text(key(delete.key()));
        } else if (write instanceof Write.SaveCheckpoint save) {
            Checkpoint checkpoint = save.checkpoint();
            out.octet(SAVE_CHECKPOINT)
                    .text(key(save.task()))
                    .number(checkpoint.epoch())
                    .number(checkpoint.sequence())
                    .number(checkpoint.retried());
        } else if (write instanceof Write.ForgetTask forget) {
            out.octet(FORGET_TASK).text(key(forget.task()));
        } else {
            writeCounted(out, write);
        }
    }

    private static void writeCounted(WireWriter out, Write write) {
        if (write instanceof Write.PutNumbered put) {
            out.octet(isDue(put) ? PUT_DUE_NUMBERED : PUT_NUMBERED)
                    .text(prefix(put.prefix()))
                    .text(key(put.collection()))
                    .bytes(put.body().bytes());
            due(out, put.due());
        } else if (write instanceof Write.TakeNumber take) {
            out.octet(TAKE_NUMBER).text(prefix(take.prefix()));
        } else if (write instanceof Write.SeedNumber seed) {
            out.octet(SEED_NUMBER)
                    .text(prefix(seed.prefix()))
                    .number(seed.value())
                    .flag(seed.force());
        } else if (write instanceof Write.PutCompareExchange put) {
            out.octet(isDue(put) ? PUT_DUE_EXCHANGE : PUT_EXCHANGE)
                    .text(key(put.key()))
                    .bytes(put.value().bytes())
                    .number(put.expected());
            if (isDue(put)) {
                out.number(put.expires());
            }
        } else if (write instanceof Write.DeleteCompareExchange delete) {
            out.octet(DELETE_EXCHANGE).text(key(delete.key())).number(delete.expected());
        }
    }

    private static Transaction transaction(WireReader in) {
        long timestamp = in.number();
        String idempotencyKey = in.optionalText();
        Fence fence = in.flag() ? new Fence(in.text(), in.number()) : null;
        List<Read> reads = new ArrayList<>();
        for (int i = in.count(); i > 0; i--) {
            reads.add(new Read(in.text(), changeVector(in)));
        }
        List<Write> writes = new ArrayList<>();
        for (int i = in.count(); i > 0; i--) {
            writes.add(write(in));
        }
        return new Transaction(reads, writes, idempotencyKey, fence, timestamp);
    }

    private static Write write(WireReader in) {
        int kind = in.octet();
        return switch (kind) {
            case PUT_DOCUMENT -> new Write.PutDocument(in.text(), in.text(), Json.trusted(in.bytes()), expected(in));
            case DELETE_DOCUMENT -> new Write.DeleteDocument(in.text(), expected(in));
            case PUT_ENTRY -> new Write.PutEntry(in.text(), in.bytes());
            case DELETE_ENTRY -> new Write.DeleteEntry(in.text());
            case SAVE_CHECKPOINT ->
                new Write.SaveCheckpoint(in.text(), new Checkpoint(in.number(), in.number(), in.number()));
            case FORGET_TASK -> new Write.ForgetTask(in.text());
            case PUT_NUMBERED -> new Write.PutNumbered(in.text(), in.text(), Json.trusted(in.bytes()));
            case TAKE_NUMBER -> new Write.TakeNumber(in.text());
            case SEED_NUMBER -> new Write.SeedNumber(in.text(), in.number(), in.flag());
            case PUT_EXCHANGE -> new Write.PutCompareExchange(in.text(), Json.trusted(in.bytes()), in.number());
            case DELETE_EXCHANGE -> new Write.DeleteCompareExchange(in.text(), in.number());
            case PUT_DUE_DOCUMENT ->
                new Write.PutDocument(in.text(), in.text(), Json.trusted(in.bytes()), expected(in), due(in));
            case PUT_DUE_NUMBERED -> new Write.PutNumbered(in.text(), in.text(), Json.trusted(in.bytes()), due(in));
            case PUT_DUE_EXCHANGE ->
                new Write.PutCompareExchange(in.text(), Json.trusted(in.bytes()), in.number(), in.number());
            default -> throw new IllegalStateException("Expected a kind of write but found " + kind);
        };
    }

    private static void due(WireWriter out, Due due) {
        if (!due.equals(Due.NEVER)) {
            out.number(due.expires()).number(due.refresh());
        }
    }

    private static Due due(WireReader in) {
        return new Due(in.number(), in.number());
    }

    private static void expected(WireWriter out, ChangeVector expected) {
        out.flag(expected != null);
        if (expected != null) {
            changeVector(out, expected);
        }
    }

    private static ChangeVector expected(WireReader in) {
        return in.flag() ? changeVector(in) : null;
    }

    public static void changeVector(WireWriter out, ChangeVector vector) {
        out.text(vector.tag()).number(vector.sequence());
    }

    public static ChangeVector changeVector(WireReader in) {
        return new ChangeVector(in.text(), in.number());
    }

    private static String id(String id) {
        return new DocumentId(id).value();
    }

    /** With any number behind it, it must be an id. */
    private static String prefix(String prefix) {
        new DocumentId(prefix + Long.MAX_VALUE);
        return prefix;
    }

    private static String key(String key) {
        if (key.length() > KEY_BYTES || key.getBytes(StandardCharsets.UTF_8).length > KEY_BYTES) {
            throw new RookeryException(
                    ErrorCode.BAD_REQUEST,
                    "Expected a key of at most " + KEY_BYTES + " bytes but found a longer one that starts with '"
                            + key.substring(0, 40) + "'");
        }
        return key;
    }
}
