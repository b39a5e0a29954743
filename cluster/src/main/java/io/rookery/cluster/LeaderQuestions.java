package io.rookery.cluster;

import io.rookery.api.ErrorCode;
import io.rookery.api.RookeryException;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/**
 * What was asked of a shard's leader and is not answered yet. When another one leads, nobody goes on waiting for a node
 * that was cut off or stopped: few questions are on their way at a time, and those behind them go to the next leader.
 */
final class LeaderQuestions {
    /** A leader that gave the lead away answers what it has. */
    private static final long GRACE_MILLIS = 500;

    private final NodeContext node;
    private final Supplier<String> leader;
    private final Set<Open> open = ConcurrentHashMap.newKeySet();

    private record Open(String asked, CompletableFuture<?> answer) {}

    /** @param leader tag of who leads now; null when nobody is known to */
    LeaderQuestions(NodeContext node, Supplier<String> leader) {
        this.node = node;
        this.leader = leader;
    }

    <T> CompletableFuture<T> track(String asked, CompletableFuture<T> answer) {
        Open question = new Open(asked, answer);
        open.add(question);
        answer.whenComplete((done, failure) -> open.remove(question));
        return answer;
    }

    void leaderChanged() {
        if (!open.isEmpty()) {
            node.threads().later(GRACE_MILLIS).execute(this::giveUp);
        }
    }

    private void giveUp() {
        String now = leader.get();
        for (Open question : open) {
            if (now != null && !now.equals(question.asked())) {
                question.answer()
                        .completeExceptionally(RookeryException.outcomeUnknown(
                                ErrorCode.NO_LEADER,
                                "Node " + question.asked() + ", which led, has not answered, and " + now + " leads now",
                                null));
            }
        }
    }
}
