package io.rookery.cluster;

import com.sun.management.HotSpotDiagnosticMXBean;
import io.rookery.api.Json;
import io.rookery.cluster.disk.Folders;
import io.rookery.cluster.wire.CommandCodec;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.UUID;
import java.util.function.Consumer;
import org.apache.ratis.conf.RaftProperties;
import org.apache.ratis.proto.RaftProtos.AppendEntriesRequestProto;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.server.RaftServerConfigKeys;
import org.apache.ratis.util.SizeInBytes;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How big a log entry this node takes, and so the buffer of each of its groups, which Ratis keeps in direct memory: small
 * where every command goes in parts, and none of this node's logs has a bigger entry of a time before. Decided at the start
 * and kept in a file. A bigger entry that another node still sends is refused at the port; then this process ends, and its
 * next start has room for it.
 */
final class EntryRoom {
    private static final Logger LOG = LoggerFactory.getLogger(EntryRoom.class);

    private static final int FRAME_BYTES = 64 << 10;
    private static final int SMALL = CommandCodec.PART_BYTES + FRAME_BYTES;
    private static final int LARGE = CommandCodec.MAX_BYTES + FRAME_BYTES;

    /** Direct memory of what is no group: the network and the disks. */
    private static final long OTHER_DIRECT_BYTES = 128L << 20;

    /** A group has threads, files and a store too: with small buffers the direct memory is no longer what bounds them. */
    private static final int MOST_GROUPS = 128;

    private static final String FILE = "entries.json";
    private static final String ENTRIES = "entries";
    /** No entry in any log is bigger than {@link #SMALL}. */
    private static final String IN_PARTS = "parts";
    /** The cluster writes in parts now: as soon as no log has a bigger entry any more, none will come. */
    private static final String MIXED = "mixed";

    private final Path data;
    private final Consumer<String> fatal;
    private volatile boolean small;
    private volatile boolean noted;

    private EntryRoom(Path data, Consumer<String> fatal, boolean small) {
        this.data = data;
        this.fatal = fatal;
        this.small = small;
        this.noted = read(data).equals(MIXED);
    }

    /**
     * Before the Raft server starts.
     *
     * @param level the feature level that the node can do
     */
    static EntryRoom of(Path data, int level, Consumer<String> fatal) {
        String known = read(data);
        boolean empty = Folders.list(RaftSettings.raftFolder(data)).isEmpty();
        boolean small = level >= FeatureLevel.PARTS
                && (empty || known.equals(IN_PARTS) || (known.equals(MIXED) && isInParts(data)));
        if (small && !known.equals(IN_PARTS)) {
            write(data, IN_PARTS);
        }
        return new EntryRoom(data, fatal, small);
    }

    private static boolean isInParts(Path data) {
        for (Path group : Folders.list(RaftSettings.raftFolder(data))) {
            try {
                int largest =
                        new GroupFiles(data, UUID.fromString(group.getFileName().toString())).largestEntry();
                if (largest > SMALL) {
                    LOG.info("The log in {} still has an entry of {} bytes: large buffers are needed", group, largest);
                    return false;
                }
            } catch (UncheckedIOException e) {
                return false; // Ratis will say what is wrong with it
            }
        }
        return true;
    }

    /** Whether this node's logs have no entry over {@link CommandCodec#PART_BYTES} and a frame, and so no cluster of an older time. */
    boolean isSmall() {
        return small;
    }

    void applyTo(RaftProperties properties) {
        set(properties, small);
    }

    /** What a node of a new cluster has. */
    static void set(RaftProperties properties, boolean small) {
        RaftServerConfigKeys.Log.Appender.setBufferByteLimit(properties, SizeInBytes.valueOf(entryBytes(small)));
        RaftServerConfigKeys.Log.setWriteBufferSize(properties, SizeInBytes.valueOf(bufferBytes(small)));
    }

    private static int entryBytes(boolean small) {
        return small ? SMALL : LARGE;
    }

    /** Ratis wants room for the largest entry and a little more. */
    private static int bufferBytes(boolean small) {
        return entryBytes(small) + 1024;
    }

    /** Of a node that has no group yet: the cluster that takes it in has bigger entries, or does not say. */
    void enlarge(RaftProperties properties) {
        forget();
        small = false;
        set(properties, false);
    }

    /**
     * Whether commands go in parts.
     *
     * @param level the cluster's feature level, as far as this node knows
     */
    boolean needsParts(int level) {
        return small || noted || level >= FeatureLevel.PARTS;
    }

    /** Told the cluster's feature level again and again. */
    void heard(int level) {
        if (!small && !noted && level >= FeatureLevel.PARTS) {
            try {
                write(data, MIXED);
                noted = true;
            } catch (UncheckedIOException e) {
                LOG.info("Could not note that entries are small now: {}", e.getMessage()); // the next time
            }
        }
    }

    /** False for entries of which one is too big: then this process is about to end. */
    boolean takes(AppendEntriesRequestProto request) {
        if (!small) {
            return true;
        }
        for (LogEntryProto entry : request.getEntriesList()) {
            if (entry.getSerializedSize() > SMALL) {
                forget();
                fatal.accept(
                        "A log entry of " + entry.getSerializedSize() + " bytes came, of a time before this cluster"
                                + " wrote them in parts: the next start has room for it");
                return false;
            }
        }
        return true;
    }

    /** How many groups this node may have. */
    int mostGroups() {
        return mostGroups(small);
    }

    /** Of a node that does not say it. */
    static int fewestGroups() {
        return mostGroups(false);
    }

    private static int mostGroups(boolean small) {
        String option = ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class)
                .getVMOption("MaxDirectMemorySize")
                .getValue();
        long direct = Long.parseLong(option) == 0 ? Runtime.getRuntime().maxMemory() : Long.parseLong(option);
        return (int) Math.min(MOST_GROUPS, Math.max(2, (direct - OTHER_DIRECT_BYTES) / bufferBytes(small)));
    }

    private static String read(Path data) {
        Path file = data.resolve(FILE);
        try {
            return Files.exists(file)
                    ? (String) Json.parse(Files.readAllBytes(file)).asObject().get(ENTRIES)
                    : "";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void write(Path data, String entries) {
        try {
            Files.createDirectories(data);
            Path temporary = data.resolve(FILE + ".tmp");
            Files.write(temporary, Json.of(Map.of(ENTRIES, entries)).bytes());
            Folders.force(temporary);
            Folders.move(temporary, data.resolve(FILE));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void forget() {
        try {
            Files.deleteIfExists(data.resolve(FILE));
            Folders.force(data);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
