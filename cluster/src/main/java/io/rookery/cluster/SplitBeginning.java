package io.rookery.cluster;

import io.rookery.api.ErrorCode;
import io.rookery.api.RookeryException;
import io.rookery.cluster.disk.Folders;
import io.rookery.cluster.wire.NotAppendedException;
import io.rookery.store.DocumentStore;
import io.rookery.store.TermIndex;
import io.rookery.store.rocks.StoreFailure;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.proto.RaftProtos.RaftConfigurationProto;
import org.apache.ratis.protocol.RaftPeer;

/**
 * Makes a new shard's Raft folder from its seed, as if the node had just taken in a leader's snapshot: the state of the split,
 * its term, the members, no vote. The folder appears whole or not at all, and only where there is none.
 */
final class SplitBeginning {
    private final Path data;
    private final UUID source;
    private final ShardDefinition shard;

    /** @param source group of the shard that is split */
    SplitBeginning(Path data, UUID source, ShardDefinition shard) {
        this.data = data;
        this.source = source;
        this.shard = shard;
    }

    /**
     * @param index of the entry that splits
     * @throws NotAppendedException while this node has not applied that entry, and when the split was over before: then the
     *     seed is gone
     */
    void make(long index, List<RaftPeer> members) {
        Path raft = RaftSettings.raftFolder(data).resolve(shard.group().toString());
        if (Files.exists(raft)) {
            return;
        }
        Path seed = SplitSeed.place(folder(source).resolve("store"), shard.tag(), index);
        expect(seed);
        Path folder = folder(shard.group());
        Folders.delete(folder);
        shard.write(folder);
        try {
            Path making = folder.resolve("beginning");
            fill(making, seed, members);
            expect(seed); // then all of it was there until now
            Folders.move(making, raft);
        } catch (IOException | StoreFailure e) {
            expect(seed);
            throw new RookeryException(
                    ErrorCode.INTERNAL,
                    "The folder of the Raft group " + shard.group() + " could not be made: " + e,
                    e);
        }
    }

    private void expect(Path seed) {
        if (!Files.exists(seed)) {
            throw new NotAppendedException("This node has no " + seed.getFileName() + " of " + source);
        }
    }

    private void fill(Path making, Path seed, List<RaftPeer> members) throws IOException {
        TermIndex at = DocumentStore.appliedIn(seed);
        Path current = making.resolve("current");
        Path machine = making.resolve("sm");
        Path snapshot = machine.resolve("snapshot." + at.term() + "_" + at.index());
        Files.createDirectories(current);
        Files.createDirectories(snapshot);
        for (Path file : Folders.list(seed)) {
            SnapshotFolder.copy(file, snapshot.resolve(file.getFileName()));
        }
        Files.write(
                current.resolve(GroupFiles.META),
                LogEntryProto.newBuilder()
                        .setTerm(at.term())
                        .setIndex(at.index())
                        .setConfigurationEntry(RaftConfigurationProto.newBuilder()
                                .addAllPeers(members.stream()
                                        .map(RaftPeer::getRaftPeerProto)
                                        .toList()))
                        .build()
                        .toByteArray());
        // Ratis's own format of the term and the vote; it says with it that the folder is whole
        Files.write(
                current.resolve("raft-meta"), ("term=" + at.term() + "\nvotedFor=\n").getBytes(StandardCharsets.UTF_8));
        for (Path folder : List.of(snapshot, machine, current, making)) {
            Folders.sync(folder);
        }
    }

    private Path folder(UUID group) {
        return data.resolve("shards").resolve(group.toString());
    }
}
