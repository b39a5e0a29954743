package io.rookery.cluster;

import io.rookery.api.ErrorCode;
import io.rookery.api.RookeryException;
import io.rookery.cluster.wire.WireReader;
import io.rookery.cluster.wire.WireWriter;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;

/**
 * Gives up this node's replica of a shard, so that the cluster makes a new one from the others. Only where the others
 * are enough to go on without it: what was acknowledged is on one of them at least, and they can elect a leader.
 */
final class Repair {
    private static final String REPAIR = "@repair";
    private static final String HAS = "@has-replica";
    private static final long ASK_MILLIS = 60_000;

    private final NodeContext node;
    private final Shards shards;

    Repair(NodeContext node, Shards shards) {
        this.node = node;
        this.shards = shards;
        node.peers().handle(REPAIR, question -> {
            WireReader in = new WireReader(question);
            return giveUp(in.text(), (int) in.number());
        });
        node.peers().handle(HAS, question -> {
            UUID group = UUID.fromString(new WireReader(question).text());
            boolean sound = shards.isHeld(group)
                    && shards.find(group)
                            .map(store -> store.damage().isEmpty() && store.leaderTag() != null)
                            .orElse(false);
            return CompletableFuture.completedFuture(
                    new WireWriter(1).flag(sound).toBytes());
        });
    }

    /** On the node with that tag; gives the place where the damaged replica is kept. */
    CompletableFuture<String> ask(String tag, String database, int shard) {
        byte[] question = new WireWriter(64).text(database).number(shard).toBytes();
        return node.peers().ask(tag, REPAIR, question, ASK_MILLIS).thenApply(answer -> new WireReader(answer).text());
    }

    private CompletableFuture<byte[]> giveUp(String database, int shard) {
        ReplicatedStore store = shards.find(database, shard)
                .filter(found -> !found.definition().isSystem())
                .orElseThrow(() -> new RookeryException(
                        ErrorCode.NOT_FOUND,
                        "There is no replica of " + database + "/" + shard + " on node " + node.tag()));
        List<String> members = store.members();
        List<CompletableFuture<Boolean>> others = members.stream()
                .filter(tag -> !tag.equals(node.tag()))
                .map(tag -> has(tag, store.definition().group()))
                .toList();
        return CompletableFuture.allOf(others.toArray(CompletableFuture[]::new)).thenCompose(all -> {
            long sound = others.stream().filter(CompletableFuture::join).count();
            int needed = members.size() / 2 + 1;
            if (members.size() < 2 || sound < needed) {
                throw new RookeryException(
                        ErrorCode.CONFLICT,
                        "Expected " + Math.max(2, needed) + " other nodes that answer and have a replica of " + database
                                + "/" + shard + " but found " + sound
                                + ": without this one the shard would stand still or lose what only it has");
            }
            return shards.quarantine(store.definition().group())
                    .thenApply(
                            place -> new WireWriter(128).text(place.toString()).toBytes());
        });
    }

    private CompletableFuture<Boolean> has(String tag, UUID group) {
        return node.peers()
                .ask(tag, HAS, new WireWriter(40).text(group.toString()).toBytes(), 3_000)
                .thenApply(answer -> new WireReader(answer).flag())
                .exceptionally(failure -> false);
    }
}
