package io.rookery.cluster;

import io.rookery.cluster.wire.NotAppendedException;
import io.rookery.cluster.wire.WireReader;
import io.rookery.cluster.wire.WireWriter;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.ratis.server.DivisionInfo;

/**
 * Confirms without a log entry that this node leads a shard, as when disks are too full for one: a majority says, after it
 * was asked, that it knows of no later term. Whoever led a later one before had the vote of one of them.
 */
final class LeadCheck {
    /** Asks a member for its term. */
    static final String TERM = "@term";

    private static final long TIMEOUT_MILLIS = 2_000;

    private final NodeContext node;
    private final ReplicatedStore store;
    private final ReadLease lease;

    LeadCheck(NodeContext node, ReplicatedStore store, ReadLease lease) {
        this.node = node;
        this.store = store;
        this.lease = lease;
    }

    /** The index that a reader must have applied; fails when it is not certain that we lead. */
    CompletableFuture<Long> index() {
        DivisionInfo info = store.raft().orElse(null);
        // one entry of our term was applied, so whatever earlier leaders acknowledged was too
        if (info == null || !info.isLeader() || !lease.isOfTerm(info.getCurrentTerm())) {
            return failed("does not lead, or only since now");
        }
        long term = info.getCurrentTerm();
        long applied = store.replica().appliedIndex().reached();
        return majority(store.members(), term)
                .thenCompose(yes -> info.isLeader() && info.getCurrentTerm() == term
                        ? CompletableFuture.completedFuture(applied)
                        : failed("leads no longer"));
    }

    private <T> CompletableFuture<T> failed(String why) {
        return CompletableFuture.failedFuture(new NotAppendedException("Node " + node.tag() + ' ' + why));
    }

    private CompletableFuture<Void> majority(List<String> members, long term) {
        CompletableFuture<Void> confirmed = new CompletableFuture<>();
        AtomicInteger yes = new AtomicInteger();
        AtomicInteger open = new AtomicInteger(members.size());
        byte[] group =
                new WireWriter(40).text(store.definition().group().toString()).toBytes();
        for (String member : members) {
            node.peers().ask(member, TERM, group, TIMEOUT_MILLIS).whenComplete((answer, failure) -> {
                if (failure == null
                        && new WireReader(answer).number() <= term
                        && yes.incrementAndGet() > members.size() / 2) {
                    confirmed.complete(null);
                } else if (open.decrementAndGet() == 0) {
                    confirmed.completeExceptionally(new NotAppendedException(
                            "No majority of " + members + " confirmed that node " + node.tag() + " leads"));
                }
            });
        }
        return confirmed;
    }
}
