package io.rookery.cluster;

import io.rookery.api.CommitResult;
import io.rookery.api.ErrorCode;
import io.rookery.api.RookeryException;
import io.rookery.api.Transaction;
import io.rookery.cluster.topology.Topology;
import io.rookery.cluster.wire.CommandCodec;
import io.rookery.cluster.wire.Failures;
import io.rookery.cluster.wire.NotAppendedException;
import io.rookery.cluster.wire.OutcomeCodec;
import io.rookery.cluster.wire.WireReader;
import io.rookery.cluster.wire.WireWriter;
import io.rookery.store.Command;
import io.rookery.store.Outcome;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/**
 * A shard that this node has no replica of: every question goes to a node that has one, the next is tried where one is
 * not there. A read is asked again as often as needed; a write only where it is certain that nobody took it.
 */
final class RemoteShard implements ShardAccess {
    static final String WRITE = "@shard-write";
    static final String READ = "@shard-read";
    static final String BEYOND = "@shard-beyond";

    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(10);
    private static final long WRITE_MILLIS = 15_000;
    private static final long READ_MILLIS = 12_000;
    private static final long SOME_MILLIS = 5_000;

    private final NodeContext node;
    private final ShardDefinition shard;
    private final List<String> nodes;
    private final Topology.Divided known;
    /** Place in {@link #nodes} of the one that answered last. */
    private volatile int good;

    /** @param nodes tags of those that are meant to have a replica */
    RemoteShard(NodeContext node, ShardDefinition shard, List<String> nodes) {
        this(node, shard, nodes, Topology.Divided.NEVER);
    }

    /** @param known what this node knows of the shard's splits */
    RemoteShard(NodeContext node, ShardDefinition shard, List<String> nodes, Topology.Divided known) {
        this.known = known;
        this.node = node;
        this.shard = shard;
        this.nodes = nodes.stream().filter(tag -> !tag.equals(node.tag())).toList();
    }

    /** Answers such questions by this node's own replica, never by another's. */
    static void answerBy(Shards shards, Peers peers) {
        peers.handle(WRITE, question -> {
            WireReader in = new WireReader(question);
            return shards.member(UUID.fromString(in.text())).submitBytes(in.bytes());
        });
        peers.handle(READ, question -> {
            WireReader in = new WireReader(question);
            ReplicatedStore store = shards.member(UUID.fromString(in.text()));
            Consistency consistency = Consistency.read(in);
            ShardQuestion<?> asked = QuestionCodec.read(in);
            Topology.Divided known =
                    in.isAtEnd() ? Topology.Divided.NEVER : new Topology.Divided((int) in.number(), in.number());
            return read(store.ask(consistency, asked, known), asked, store.number());
        });
        peers.handle(BEYOND, question -> {
            WireReader in = new WireReader(question);
            return shards.member(UUID.fromString(in.text()))
                    .beyond(in.number(), in.number())
                    .thenApply(newest -> new WireWriter(10).number(newest).toBytes());
        });
    }

    private static <T> CompletableFuture<byte[]> read(
            CompletableFuture<ShardAnswer<T>> asked, ShardQuestion<?> question, int shard) {
        return asked.thenApply(answer -> {
            WireWriter out = new WireWriter(1024).number(answer.applied()).number(answer.readable());
            QuestionCodec.writeAnswer(out, question, answer.value());
            byte[] bytes = out.toBytes();
            if (bytes.length > Peers.MOST_BYTES - 1_024) {
                throw new RookeryException(
                        ErrorCode.TOO_LARGE,
                        "Expected an answer of at most " + Peers.MOST_BYTES + " bytes of shard " + shard + " but found "
                                + bytes.length + "; ask for less at once");
            }
            return bytes;
        });
    }

    @Override
    public int number() {
        return shard.shard();
    }

    @Override
    public String tag() {
        return shard.tag();
    }

    @Override
    public UUID group() {
        return shard.group();
    }

    @Override
    public List<String> members() {
        return nodes;
    }

    private WireWriter question(int size) {
        return new WireWriter(size + 48).text(shard.group().toString());
    }

    @Override
    public CompletableFuture<Outcome> submit(Command command) {
        byte[] bytes;
        try {
            bytes = CommandCodec.encode(command);
            node.level().require(CommandCodec.version(bytes));
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
        byte[] question = question(bytes.length).bytes(bytes).toBytes();
        return attempt(tag -> node.peers().ask(tag, WRITE, question, WRITE_MILLIS), RemoteShard::isUntaken)
                .thenApply(OutcomeCodec::decode);
    }

    @Override
    public CompletableFuture<CommitResult> commit(Transaction transaction) {
        return submit(new Command.Commit(transaction)).thenApply(Outcomes::committed);
    }

    @Override
    public <T> CompletableFuture<ShardAnswer<T>> ask(Consistency consistency, ShardQuestion<T> asked) {
        WireWriter out = question(256);
        consistency.write(out);
        QuestionCodec.write(out, asked);
        if (known.count() > 0) { // so a node of an earlier version, which knows of no split, is told of none
            out.number(known.count()).number(known.index());
        }
        byte[] question = out.toBytes();
        return attempt(tag -> node.peers().ask(tag, READ, question, READ_MILLIS), RemoteShard::isUnanswered)
                .thenApply(answer -> {
                    WireReader in = new WireReader(answer);
                    return new ShardAnswer<>(in.number(), in.number(), QuestionCodec.readAnswer(in, asked));
                });
    }

    @Override
    public CompletableFuture<Long> beyond(long sequence, long millis) {
        byte[] question = question(20).number(sequence).number(millis).toBytes();
        return attempt(tag -> node.peers().ask(tag, BEYOND, question, millis + SOME_MILLIS), RemoteShard::isUnanswered)
                .thenApply(answer -> new WireReader(answer).number());
    }

    private static boolean isUntaken(Throwable cause) {
        return cause instanceof NotAppendedException
                || (cause instanceof RookeryException known
                        && known.outcomeKnown()
                        && known.code().type() == ErrorCode.Type.UNAVAILABLE);
    }

    private static boolean isUnanswered(Throwable cause) {
        return cause instanceof NotAppendedException
                || (cause instanceof RookeryException known
                        && known.code() != ErrorCode.SLOTS_MOVED
                        && known.code().type() == ErrorCode.Type.UNAVAILABLE);
    }

    /** What this node knows of the shard's splits. */
    Topology.Divided known() {
        return known;
    }

    private CompletableFuture<byte[]> attempt(
            Function<String, CompletableFuture<byte[]>> ask, Function<Throwable, Boolean> again) {
        if (nodes.isEmpty()) {
            return CompletableFuture.failedFuture(unavailable("no other node is meant to have one"));
        }
        return new Attempts(ask, again).next(0);
    }

    private RookeryException unavailable(String found) {
        return new RookeryException(
                ErrorCode.UNAVAILABLE,
                "Node " + node.tag() + " has no replica of " + shard.database() + "/" + shard.shard() + " and "
                        + found);
    }

    /** One question on its way round the nodes. */
    private final class Attempts {
        private final Function<String, CompletableFuture<byte[]>> ask;
        private final Function<Throwable, Boolean> again;
        private final long deadline = System.nanoTime() + PATIENCE_NANOS;
        private final int first = good;

        Attempts(Function<String, CompletableFuture<byte[]>> ask, Function<Throwable, Boolean> again) {
            this.ask = ask;
            this.again = again;
        }

        CompletableFuture<byte[]> next(int count) {
            int place = (first + count) % nodes.size();
            return ask.apply(nodes.get(place))
                    .whenComplete((answer, failure) -> good = failure == null ? place : good)
                    .exceptionallyCompose(failure -> failed(count, Failures.unwrap(failure)));
        }

        private CompletableFuture<byte[]> failed(int count, Throwable cause) {
            if (!again.apply(cause)) {
                return CompletableFuture.failedFuture(cause);
            }
            if (System.nanoTime() - deadline > 0) {
                return CompletableFuture.failedFuture(
                        unavailable("none of " + nodes + " answers for it: " + cause.getMessage()));
            }
            boolean round = (count + 1) % nodes.size() == 0;
            return round
                    ? CompletableFuture.supplyAsync(
                                    () -> count + 1, node.threads().later(100))
                            .thenCompose(this::next)
                    : next(count + 1);
        }
    }
}
