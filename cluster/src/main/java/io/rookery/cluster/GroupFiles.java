package io.rookery.cluster;

import io.rookery.api.ErrorCode;
import io.rookery.api.RookeryException;
import io.rookery.cluster.disk.Folders;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Properties;
import java.util.UUID;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.proto.RaftProtos.RaftConfigurationProto;
import org.apache.ratis.proto.RaftProtos.RaftPeerProto;
import org.apache.ratis.server.RaftServerConfigKeys;
import org.apache.ratis.server.raftlog.segmented.LogSegment;
import org.apache.ratis.server.raftlog.segmented.LogSegmentPath;
import org.apache.ratis.util.SizeInBytes;

/**
 * What a node has on disk of one Raft group, read and changed while no process uses it. The group's members are those of
 * the configuration with the highest index, in the log or in the file that Ratis keeps beside it.
 */
final class GroupFiles {
    static final String META = "raft-meta.conf";

    private final Path raft;
    private final Path shards;
    private final UUID group;
    private LogEntryProto newest = LogEntryProto.getDefaultInstance();
    private long last = -1;
    private int largest;

    GroupFiles(Path data, UUID group) {
        this.raft = RaftSettings.raftFolder(data);
        this.shards = data.resolve("shards");
        this.group = group;
        if (Files.exists(current())) {
            load();
        }
    }

    private Path current() {
        return raft.resolve(group.toString()).resolve("current");
    }

    /**
     * Whether a group's files have what others count on: a vote, or entries. Ratis takes entries for a group that it is still
     * starting, and may then give the start up.
     */
    static boolean hasPromised(Path group) {
        Path current = group.resolve("current");
        if (Folders.list(current).stream().anyMatch(file -> LogSegmentPath.matchLogSegment(file) != null)) {
            return true;
        }
        Path votes = current.resolve("raft-meta");
        if (!Files.exists(votes)) {
            return false;
        }
        try (InputStream in = Files.newInputStream(votes)) {
            Properties known = new Properties();
            known.load(in);
            return !known.getProperty("votedFor", "").isEmpty();
        } catch (IOException e) {
            throw new UncheckedIOException("Expected to read " + votes, e);
        }
    }

    private void load() {
        Path meta = current().resolve(META);
        try {
            if (Files.exists(meta)) {
                try (InputStream in = Files.newInputStream(meta)) {
                    seen(LogEntryProto.parseFrom(in));
                }
            }
            for (Path file : Folders.list(current())) {
                LogSegmentPath segment = LogSegmentPath.matchLogSegment(file);
                if (segment != null) {
                    LogSegment.readSegmentFile(
                            file.toFile(),
                            segment.getStartEnd(),
                            SizeInBytes.valueOf(Peers.MOST_BYTES),
                            RaftServerConfigKeys.Log.CorruptionPolicy.EXCEPTION,
                            null,
                            this::seen);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("Expected a whole Raft log in " + current(), e);
        }
    }

    private void seen(LogEntryProto entry) {
        last = Math.max(last, entry.getIndex());
        largest = Math.max(largest, entry.getSerializedSize());
        if (entry.hasConfigurationEntry() && entry.getIndex() >= newest.getIndex()) {
            newest = entry;
        }
    }

    ShardDefinition shard() {
        return ShardDefinition.read(shards.resolve(group.toString()));
    }

    long lastIndex() {
        return last;
    }

    /** Bytes of the largest entry in the log. */
    int largestEntry() {
        return largest;
    }

    List<String> members() {
        return newest.getConfigurationEntry().getPeersList().stream()
                .map(peer -> peer.getId().toStringUtf8())
                .sorted()
                .toList();
    }

    /** This node as the group knows it. */
    RaftPeerProto self(String tag) {
        return newest.getConfigurationEntry().getPeersList().stream()
                .filter(peer -> peer.getId().toStringUtf8().equals(tag))
                .findFirst()
                .orElseThrow(() -> new RookeryException(
                        ErrorCode.BAD_REQUEST,
                        "Expected node " + tag + " among the members of " + shard().database() + "/" + shard().shard()
                                + " but found " + members()));
    }

    /** This node becomes the only member, then the group gets its new id; what was done already is passed over. */
    void renew(UUID now, String tag) throws IOException {
        Path former = raft.resolve(group.toString());
        if (Files.exists(former)) {
            alone(tag);
            Folders.move(former, raft.resolve(now.toString()));
        }
        Path shard = shards.resolve(group.toString());
        if (Files.exists(shard)) {
            Folders.move(shard, shards.resolve(now.toString()));
        }
        ShardDefinition known = ShardDefinition.read(shards.resolve(now.toString()));
        new ShardDefinition(now, known.database(), known.shard(), known.tag()).write(shards.resolve(now.toString()));
    }

    private void alone(String tag) throws IOException {
        LogEntryProto entry = LogEntryProto.newBuilder()
                .setTerm(newest.getTerm())
                .setIndex(newest.getIndex()
                        + 1) // above every other one; the next leader's own comes later or says the same
                .setConfigurationEntry(RaftConfigurationProto.newBuilder().addPeers(self(tag)))
                .build();
        Path temporary = current().resolve(META + ".recovery");
        Files.write(temporary, entry.toByteArray());
        Folders.force(temporary);
        Folders.move(temporary, current().resolve(META));
    }
}
