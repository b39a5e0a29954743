package io.rookery.cluster.wire;

import io.rookery.api.ChangeVector;
import io.rookery.api.CommitResult;
import io.rookery.api.Json;
import io.rookery.store.Outcome;
import io.rookery.store.Split;
import java.util.ArrayList;
import java.util.List;

/** Outcomes as bytes: an entry's reply in Ratis, and from the leader to the node that forwarded. */
public final class OutcomeCodec {
    private static final int COMMITTED = 1;
    private static final int CONFLICT = 2;
    private static final int FENCED = 3;
    private static final int COMPACTED = 4;
    private static final int PASSED = 5;
    private static final int COMMITTED_WITH_NUMBERS = 6;
    private static final int MISMATCH = 7;
    private static final int FULL = 8;
    private static final int SWEPT = 20;
    private static final int MOVED = 40;
    private static final int DIVIDED = 41;
    private static final int UNDIVIDED = 42;
    private static final int CLEANED = 43;
    private static final int INCOMPLETE = 50;

    private OutcomeCodec() {}

    /** What an entry came to, and in which term it was written: what the read lease needs to know. */
    public record Reply(long term, List<byte[]> outcomes) {}

    public static byte[] reply(long term, List<Outcome> outcomes) {
        WireWriter out = new WireWriter(32 * outcomes.size() + 16).number(term).number(outcomes.size());
        outcomes.forEach(outcome -> out.bytes(encode(outcome)));
        return out.toBytes();
    }

    public static Reply reply(byte[] bytes) {
        WireReader in = new WireReader(bytes);
        long term = in.number();
        List<byte[]> outcomes = new ArrayList<>();
        for (int i = in.count(); i > 0; i--) {
            outcomes.add(in.bytes());
        }
        in.end();
        return new Reply(term, outcomes);
    }

    public static byte[] encode(Outcome outcome) {
        WireWriter out = new WireWriter(48);
        if (outcome instanceof Outcome.Committed committed) {
            CommitResult result = committed.result();
            out.octet(result.numbers().isEmpty() ? COMMITTED : COMMITTED_WITH_NUMBERS)
                    .number(result.index())
                    .number(result.sequence())
                    .flag(result.repeated())
                    .number(result.changeVectors().size());
            result.changeVectors().forEach(vector -> CommandCodec.changeVector(out, vector));
            result.numbers().forEach(out::number);
        } else if (outcome instanceof Outcome.Conflict conflict) {
            out.octet(CONFLICT).text(conflict.id());
            CommandCodec.changeVector(out, conflict.expected());
            CommandCodec.changeVector(out, conflict.actual());
        } else if (outcome instanceof Outcome.Fenced fenced) {
            out.octet(FENCED).text(fenced.task()).number(fenced.epoch()).number(fenced.current());
        } else if (outcome instanceof Outcome.Compacted compacted) {
            out.octet(COMPACTED).flag(compacted.more());
        } else if (outcome instanceof Outcome.Passed passed) {
            out.octet(PASSED).number(passed.index());
        } else if (outcome instanceof Outcome.Mismatch mismatch) {
            out.octet(MISMATCH)
                    .text(mismatch.key())
                    .number(mismatch.expected())
                    .number(mismatch.actual())
                    .flag(mismatch.value() != null);
            if (mismatch.value() != null) {
                out.bytes(mismatch.value().bytes());
            }
        } else if (outcome instanceof Outcome.Full full) {
            out.octet(FULL).number(full.kept());
        } else if (outcome instanceof Outcome.Swept swept) {
            out.octet(SWEPT)
                    .number(swept.expired())
                    .number(swept.refreshed())
                    .number(swept.exchanges())
                    .flag(swept.more());
        } else if (outcome instanceof Outcome.Moved moved) {
            out.octet(MOVED).text(moved.text());
        } else if (outcome instanceof Outcome.Divided divided) {
            Split split = divided.split();
            out.octet(DIVIDED)
                    .text(split.from())
                    .text(split.to())
                    .number(split.first())
                    .number(split.last())
                    .number(split.head())
                    .number(split.index());
        } else if (outcome instanceof Outcome.Undivided undivided) {
            out.octet(UNDIVIDED).text(undivided.why());
        } else if (outcome instanceof Outcome.Cleaned cleaned) {
            out.octet(CLEANED).flag(cleaned.more());
        } else if (outcome instanceof Outcome.Incomplete) {
            out.octet(INCOMPLETE);
        }
        return out.toBytes();
    }

    /** Whether it is {@link Outcome.Incomplete}. */
    public static boolean isIncomplete(byte[] outcome) {
        return outcome[0] == INCOMPLETE;
    }

    public static Outcome decode(byte[] bytes) {
        WireReader in = new WireReader(bytes);
        int kind = in.octet();
        Outcome outcome =
                switch (kind) {
                    case COMMITTED -> committed(in, false);
                    case COMMITTED_WITH_NUMBERS -> committed(in, true);
                    case CONFLICT ->
                        new Outcome.Conflict(in.text(), CommandCodec.changeVector(in), CommandCodec.changeVector(in));
                    case FENCED -> new Outcome.Fenced(in.text(), in.number(), in.number());
                    case COMPACTED -> new Outcome.Compacted(in.flag());
                    case PASSED -> new Outcome.Passed(in.number());
                    case MISMATCH ->
                        new Outcome.Mismatch(
                                in.text(), in.number(), in.number(), in.flag() ? Json.trusted(in.bytes()) : null);
                    case FULL -> new Outcome.Full(in.number());
                    case SWEPT -> new Outcome.Swept((int) in.number(), (int) in.number(), (int) in.number(), in.flag());
                    case MOVED -> new Outcome.Moved(in.text());
                    case DIVIDED ->
                        new Outcome.Divided(new Split(
                                in.text(), in.text(), (int) in.number(), (int) in.number(), in.number(), in.number()));
                    case UNDIVIDED -> new Outcome.Undivided(in.text());
                    case CLEANED -> new Outcome.Cleaned(in.flag());
                    case INCOMPLETE -> new Outcome.Incomplete();
                    default -> throw new IllegalStateException("Expected a kind of outcome but found " + kind);
                };
        in.end();
        return outcome;
    }

    private static Outcome committed(WireReader in, boolean numbered) {
        long index = in.number();
        long sequence = in.number();
        boolean repeated = in.flag();
        List<ChangeVector> vectors = new ArrayList<>();
        for (int i = in.count(); i > 0; i--) {
            vectors.add(CommandCodec.changeVector(in));
        }
        List<Long> numbers = new ArrayList<>();
        for (int i = numbered ? vectors.size() : 0; i > 0; i--) {
            numbers.add(in.number());
        }
        return new Outcome.Committed(new CommitResult(index, sequence, vectors, repeated, numbers));
    }
}
