package io.rookery.cluster;

import io.rookery.api.ErrorCode;
import io.rookery.api.Json;
import io.rookery.api.RookeryException;
import io.rookery.cluster.disk.Folders;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;

/**
 * Makes one surviving node of a cluster that has lost its majority for good a cluster of its own. It works on the data
 * folder while no process uses it: every group gets a new id, so that what is left of the former cluster cannot reach it
 * any more, and this node as its only member. What the other nodes had and this one had not is lost.
 *
 * <p>It may be interrupted and repeated at any place. The node finishes it with its next start, in its topology.
 */
public final class Recovery {
    private static final String FILE = "recovery.json";

    private final Path data;
    private final String tag;

    public Recovery(Path data, String tag) {
        this.data = data;
        this.tag = tag;
    }

    /**
     * A replica that the node has.
     *
     * @param lastIndex of its log: of several survivors, the one where it is highest has lost least
     * @param members who voted in the former cluster
     */
    public record Found(String database, int shard, long lastIndex, List<String> members) {}

    /**
     * What there is; changes nothing.
     *
     * @throws RookeryException BAD_REQUEST when there is no cluster's data, or the node was not a member of every group
     */
    public List<Found> look() {
        List<Found> found = new ArrayList<>();
        for (UUID group : groups()) {
            GroupFiles files = files(group);
            found.add(new Found(files.shard().database(), files.shard().shard(), files.lastIndex(), files.members()));
            files.self(tag);
        }
        if (found.stream().noneMatch(one -> one.database().equals(ShardDefinition.SYSTEM))) {
            throw new RookeryException(ErrorCode.BAD_REQUEST, "Expected the data of a cluster's node in " + data);
        }
        return found;
    }

    private List<UUID> groups() {
        Path raft = RaftSettings.raftFolder(data);
        if (!Files.isDirectory(raft)) {
            throw new RookeryException(ErrorCode.BAD_REQUEST, "Expected a node's data in " + data);
        }
        return Folders.list(raft).stream()
                .map(folder -> UUID.fromString(folder.getFileName().toString()))
                .toList();
    }

    private GroupFiles files(UUID group) {
        return new GroupFiles(data, group);
    }

    /** Gives the groups their new ids and members. */
    public void carryOut() {
        try {
            Map<UUID, UUID> renamed = read(data);
            if (renamed.isEmpty()) {
                look();
                groups().forEach(group -> renamed.put(group, UUID.randomUUID()));
                write(renamed);
            }
            for (Map.Entry<UUID, UUID> entry : renamed.entrySet()) {
                files(entry.getKey()).renew(entry.getValue(), tag);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("The data folder " + data + " could not be changed", e);
        }
    }

    private void write(Map<UUID, UUID> renamed) throws IOException {
        Map<String, Object> file = new LinkedHashMap<>();
        renamed.forEach((former, now) -> file.put(former.toString(), now.toString()));
        Path temporary = data.resolve(FILE + ".tmp");
        Files.write(temporary, Json.of(file).bytes());
        Folders.force(temporary);
        Folders.move(temporary, data.resolve(FILE));
    }

    /** New ids by former ones, of a recovery that is not finished; empty when there is none. */
    static Map<UUID, UUID> read(Path data) throws IOException {
        Map<UUID, UUID> renamed = new TreeMap<>();
        Path file = data.resolve(FILE);
        if (Files.exists(file)) {
            Json.parse(Files.readAllBytes(file))
                    .asObject()
                    .forEach((former, now) -> renamed.put(UUID.fromString(former), UUID.fromString((String) now)));
        }
        return renamed;
    }

    static void finish(Path data) throws IOException {
        Files.deleteIfExists(data.resolve(FILE));
        Folders.force(data);
    }
}
