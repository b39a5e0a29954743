package io.rookery.cluster;

import io.rookery.cluster.wire.Failures;
import io.rookery.cluster.wire.NotAppendedException;
import io.rookery.cluster.wire.WireReader;
import io.rookery.cluster.wire.WireWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/** A batch of commands on its way to the leader's node, and the results back, one for each. */
final class Forwarding {
    static final String KIND = "@submit";

    private Forwarding() {}

    static CompletableFuture<List<GroupCommit.Result>> ask(
            Peers peers, String leader, UUID group, List<byte[]> commands) {
        WireWriter question = new WireWriter(1024).text(group.toString()).number(commands.size());
        commands.forEach(question::bytes);
        return peers.ask(leader, KIND, question.toBytes())
                .thenApply(Forwarding::results)
                .exceptionally(failure -> {
                    // it never left this node, or nobody answers such questions there: certainly not appended
                    if (Failures.unwrap(failure) instanceof io.rookery.api.RookeryException known
                            && known.outcomeKnown()) {
                        throw new NotAppendedException(known.getMessage());
                    }
                    throw new java.util.concurrent.CompletionException(Failures.unwrap(failure));
                });
    }

    /** Answers such a question; {@code submit} puts one command into the log of a group that this node leads. */
    static CompletableFuture<byte[]> answer(
            byte[] question, Function<UUID, Function<byte[], CompletableFuture<byte[]>>> submit) {
        WireReader in = new WireReader(question);
        Function<byte[], CompletableFuture<byte[]>> shard = submit.apply(UUID.fromString(in.text()));
        int count = in.count();
        List<CompletableFuture<GroupCommit.Result>> results = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            results.add(shard.apply(in.bytes())
                    .handle((outcome, failure) ->
                            new GroupCommit.Result(outcome, failure == null ? null : Failures.unwrap(failure))));
        }
        return CompletableFuture.allOf(results.toArray(CompletableFuture[]::new))
                .thenApply(done ->
                        frame(results.stream().map(CompletableFuture::join).toList()));
    }

    private static byte[] frame(List<GroupCommit.Result> results) {
        WireWriter out = new WireWriter(64 * results.size()).number(results.size());
        for (GroupCommit.Result result : results) {
            out.flag(result.failure() == null);
            if (result.failure() == null) {
                out.bytes(result.outcome());
            } else {
                Failures.write(out, result.failure());
            }
        }
        return out.toBytes();
    }

    private static List<GroupCommit.Result> results(byte[] answer) {
        WireReader in = new WireReader(answer);
        int count = in.count();
        List<GroupCommit.Result> results = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            results.add(
                    in.flag()
                            ? new GroupCommit.Result(in.bytes(), null)
                            : new GroupCommit.Result(null, Failures.read(in)));
        }
        return results;
    }
}
