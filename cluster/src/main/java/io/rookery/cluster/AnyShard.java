package io.rookery.cluster;

import io.rookery.api.CommitResult;
import io.rookery.api.ErrorCode;
import io.rookery.api.RookeryException;
import io.rookery.api.Transaction;
import io.rookery.cluster.wire.Failures;
import io.rookery.store.Command;
import io.rookery.store.Outcome;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/**
 * A shard wherever it is: by this node's replica while the group counts on it, else by another node's. What was under way
 * when a replica left this node is asked once more elsewhere, unless it may have taken effect.
 */
final class AnyShard implements ShardAccess {
    private final Shards local;
    private final RemoteShard elsewhere;

    AnyShard(Shards local, RemoteShard elsewhere) {
        this.local = local;
        this.elsewhere = elsewhere;
    }

    private ShardAccess now() {
        ReplicatedStore here = local.find(elsewhere.group()).orElse(null);
        return here != null && here.isMember() ? here : elsewhere;
    }

    private <T> CompletableFuture<T> asked(Function<ShardAccess, CompletableFuture<T>> question) {
        ShardAccess access = now();
        CompletableFuture<T> answer = question.apply(access);
        return access == elsewhere
                ? answer
                : answer.exceptionallyCompose(failure -> {
                    Throwable cause = Failures.unwrap(failure);
                    boolean left = cause instanceof RookeryException known
                            && known.outcomeKnown()
                            && known.code().type() == ErrorCode.Type.UNAVAILABLE
                            && now() == elsewhere;
                    return left ? question.apply(elsewhere) : CompletableFuture.failedFuture(cause);
                });
    }

    @Override
    public int number() {
        return elsewhere.number();
    }

    @Override
    public String tag() {
        return elsewhere.tag();
    }

    @Override
    public UUID group() {
        return elsewhere.group();
    }

    @Override
    public List<String> members() {
        return now().members();
    }

    @Override
    public CompletableFuture<Outcome> submit(Command command) {
        return asked(shard -> shard.submit(command));
    }

    @Override
    public CompletableFuture<CommitResult> commit(Transaction transaction) {
        return submit(new Command.Commit(transaction)).thenApply(Outcomes::committed);
    }

    @Override
    public <T> CompletableFuture<ShardAnswer<T>> ask(Consistency consistency, ShardQuestion<T> question) {
        return asked(shard -> shard instanceof ReplicatedStore here
                ? here.ask(consistency, question, elsewhere.known())
                : shard.ask(consistency, question));
    }

    @Override
    public CompletableFuture<Long> beyond(long sequence, long millis) {
        return asked(shard -> shard.beyond(sequence, millis));
    }
}
