package io.rookery.cluster;

import io.rookery.api.Json;
import io.rookery.cluster.disk.Folders;
import io.rookery.cluster.wire.WireReader;
import io.rookery.cluster.wire.WireWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.UUID;
import org.apache.ratis.protocol.RaftGroupId;

/**
 * Which shard a Raft group is. Kept in a file beside the shard's store, because a node opens its groups before it can
 * read the system shard.
 */
record ShardDefinition(UUID group, String database, int shard, String tag) {
    static final String SYSTEM = "@system";

    private static final String FILE = "shard.json";

    static ShardDefinition system(UUID group) {
        return new ShardDefinition(group, SYSTEM, 0, "system");
    }

    /** A database's shard: tagged A, B … Z, AA, AB … by number. */
    static ShardDefinition of(UUID group, String database, int shard) {
        StringBuilder tag = new StringBuilder();
        for (int rest = shard; rest >= 0; rest = rest / 26 - 1) {
            tag.insert(0, (char) ('A' + rest % 26));
        }
        return new ShardDefinition(group, database, shard, tag.toString());
    }

    boolean isSystem() {
        return database.equals(SYSTEM);
    }

    RaftGroupId groupId() {
        return RaftGroupId.valueOf(group);
    }

    static ShardDefinition read(Path folder) {
        try {
            Map<String, Object> file =
                    Json.parse(Files.readAllBytes(folder.resolve(FILE))).asObject();
            return new ShardDefinition(
                    UUID.fromString((String) file.get("group")),
                    (String) file.get("database"),
                    ((Long) file.get("shard")).intValue(),
                    (String) file.get("tag"));
        } catch (IOException e) {
            throw new UncheckedIOException("Expected the shard's description in " + folder, e);
        }
    }

    void write(Path folder) {
        Json file = Json.of(Map.of("group", group.toString(), "database", database, "shard", shard, "tag", tag));
        try {
            Files.createDirectories(folder);
            Path temporary = folder.resolve(FILE + ".tmp");
            Files.write(temporary, file.bytes());
            Folders.force(temporary);
            Folders.move(temporary, folder.resolve(FILE));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void write(WireWriter out) {
        out.text(group.toString()).text(database).number(shard).text(tag);
    }

    static ShardDefinition read(WireReader in) {
        return new ShardDefinition(UUID.fromString(in.text()), in.text(), (int) in.number(), in.text());
    }
}
