package io.rookery.cluster;

import io.rookery.api.ErrorCode;
import io.rookery.api.RookeryException;
import io.rookery.cluster.disk.Folders;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;

/**
 * Sets a damaged replica aside: its log and its store are moved to {@code DATA/quarantine} and nothing of them is
 * deleted. The cluster then takes the node for one that lost its replica, and gives it a new one from the others.
 */
public final class Quarantine {
    private Quarantine() {}

    /**
     * For a node that does not run.
     *
     * @param force also where too few other replicas are known
     * @return where it is now
     */
    public static Path take(Path data, String database, int shard, boolean force) {
        UUID group = group(data, database, shard);
        if (database.equals(ShardDefinition.SYSTEM)) {
            throw new RookeryException(
                    ErrorCode.NOT_SUPPORTED,
                    "The system shard is not mended alone: move the folder " + data + " away, start the node with"
                            + " --join, and every shard comes back from the others");
        }
        int members = members(data, group);
        if (members < 3 && !force) {
            throw new RookeryException(
                    ErrorCode.CONFLICT,
                    "Expected at least 3 replicas of " + database + "/" + shard + " but this node knows of " + members
                            + ": what only this one has would be lost. If the others are known to be there, say --force");
        }
        return move(data, group, RaftSettings.raftFolder(data).resolve(group.toString()));
    }

    /** @param raft where the replica's log is; it is not open */
    static Path move(Path data, UUID group, Path raft) {
        Path place = data.resolve("quarantine").resolve(group + "-" + System.currentTimeMillis());
        try {
            Files.createDirectories(place);
            // the log first: without it the node has no replica, whatever becomes of the rest
            if (Files.exists(raft)) {
                Folders.move(raft, place.resolve("raft"));
                Folders.force(raft.getParent());
            }
            Path folder = folder(data, group);
            if (Files.exists(folder)) {
                Folders.move(folder, place.resolve("shard"));
                Folders.force(folder.getParent());
            }
            return place;
        } catch (IOException e) {
            throw new UncheckedIOException("The replica could not be moved to " + place, e);
        }
    }

    private static Path folder(Path data, UUID group) {
        return data.resolve("shards").resolve(group.toString());
    }

    private static UUID group(Path data, String database, int shard) {
        for (Path folder : Folders.list(data.resolve("shards"))) {
            ShardDefinition found = ShardDefinition.read(folder);
            if (found.database().equals(database) && found.shard() == shard) {
                return found.group();
            }
        }
        throw new RookeryException(
                ErrorCode.NOT_FOUND, "There is no replica of " + database + "/" + shard + " in " + data);
    }

    /** As the replica last knew them; 1 when it never knew others. */
    private static int members(Path data, UUID group) {
        Path file = RaftSettings.raftFolder(data).resolve(group.toString()).resolve("current/raft-meta.conf");
        try {
            return Files.exists(file)
                    ? LogEntryProto.parseFrom(Files.readAllBytes(file))
                            .getConfigurationEntry()
                            .getPeersCount()
                    : 1;
        } catch (IOException e) {
            return 1;
        }
    }
}
