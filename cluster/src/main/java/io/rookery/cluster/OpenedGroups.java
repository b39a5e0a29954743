package io.rookery.cluster;

import io.rookery.api.ErrorCode;
import io.rookery.api.RookeryException;
import io.rookery.cluster.disk.Folders;
import io.rookery.cluster.wire.Failures;
import io.rookery.store.TermIndex;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import java.util.UUID;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.raftlog.RaftLog;
import org.apache.ratis.util.LifeCycle;

/** Whether Ratis opened every group that this node has, and each with all that the node acknowledged. At the start. */
final class OpenedGroups {
    private final Path data;
    private final RaftServer server;
    private final Shards shards;

    OpenedGroups(Path data, RaftServer server, Shards shards) {
        this.data = data;
        this.server = server;
        this.shards = shards;
    }

    /** Ratis passes over a group that it cannot open: that must not look like a node without it. */
    void expectAll() {
        Set<RaftGroupId> open = new HashSet<>();
        server.getGroupIds().forEach(open::add);
        for (Path folder : Folders.list(RaftSettings.raftFolder(data))) {
            String name = folder.getFileName().toString();
            if (!open.contains(RaftGroupId.valueOf(UUID.fromString(name)))) {
                throw damaged(name, "Expected to open the Raft group in " + folder + " but could not; see the log");
            }
        }
        for (RaftGroupId group : open) {
            try {
                expectWhole(server.getDivision(group));
            } catch (IOException e) {
                throw new RookeryException(ErrorCode.INTERNAL, "Could not open the Raft group " + group, e);
            }
        }
    }

    /**
     * Ratis takes a log for whole that ends too early, and a term that is too old for the newest one. With them this node would
     * vote for who lacks what it has acknowledged, or vote twice; and pass over new entries as if it had applied them.
     */
    private void expectWhole(RaftServer.Division division) {
        UUID group = division.getGroup().getGroupId().getUuid();
        // in this order: a leader may be sending entries already
        TermIndex stored = shards.find(group).orElseThrow().replica().openedAt();
        var last = division.getRaftLog().getLastEntryTermIndex();
        var snapshot = division.getStateMachine().getLatestSnapshot();
        // one that came from a leader is ahead of a log that was not purged any more
        long end = Math.max(
                division.getRaftLog().getNextIndex() - 1,
                snapshot == null ? RaftLog.INVALID_LOG_INDEX : snapshot.getIndex());
        long term = division.getInfo().getCurrentTerm();
        if (end < stored.index()) {
            throw damaged(
                    group.toString(),
                    "Expected a log up to entry " + stored.index() + ", which the store has, but it ends at " + end);
        }
        long newest = Math.max(stored.term(), last == null ? 0 : last.getTerm());
        if (term < newest) {
            throw damaged(
                    group.toString(),
                    "Expected term " + newest + ", the newest entry's, or a later one in raft-meta but found " + term);
        }
    }

    /** When Ratis could not start: with the group that it stumbled over, which it does not say. */
    RookeryException notOpened(Exception failure) {
        for (RaftGroupId group : server.getGroupIds()) {
            try {
                if (server.getDivision(group).getInfo().getLifeCycleState() != LifeCycle.State.RUNNING) {
                    String advice = damaged(
                                    group.getUuid().toString(), "Raft could not start: " + Failures.unwrap(failure))
                            .getMessage();
                    return new RookeryException(ErrorCode.INTERNAL, advice, failure);
                }
            } catch (IOException e) {
                failure.addSuppressed(e);
            }
        }
        return new RookeryException(ErrorCode.INTERNAL, "Raft could not start: " + Failures.unwrap(failure), failure);
    }

    private RookeryException damaged(String group, String what) {
        return new RookeryException(
                ErrorCode.INTERNAL,
                what + ". Where files of the Raft group " + group
                        + " are damaged, and other nodes have the data: rookery repair --data " + data
                        + database(group));
    }

    private String database(String group) {
        try {
            ShardDefinition shard = ShardDefinition.read(data.resolve("shards").resolve(group));
            return " --database " + shard.database() + " --shard " + shard.shard();
        } catch (RuntimeException e) {
            return " (its description cannot be read either: " + e.getMessage() + ")";
        }
    }
}
