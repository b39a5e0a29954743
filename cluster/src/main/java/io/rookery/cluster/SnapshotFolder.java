package io.rookery.cluster;

import io.rookery.cluster.disk.Folders;
import io.rookery.store.DocumentStore;
import io.rookery.store.TermIndex;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.ratis.server.storage.FileInfo;
import org.apache.ratis.server.storage.RaftStorage;
import org.apache.ratis.statemachine.SnapshotInfo;
import org.apache.ratis.statemachine.SnapshotRetentionPolicy;
import org.apache.ratis.statemachine.StateMachineStorage;
import org.apache.ratis.statemachine.impl.FileListSnapshotInfo;

/**
 * Snapshots of one shard: store checkpoints in Ratis's {@code sm} folder, which a snapshot from the leader replaces as
 * a whole. A snapshot is shown only when it is complete and durable.
 */
final class SnapshotFolder implements StateMachineStorage {
    private static final Pattern NAME = Pattern.compile("snapshot\\.(\\d+)_(\\d+)");
    /** The newest, and the one before it that may still be on its way to a follower. */
    private static final int KEPT = 2;

    private Path folder;
    /** Where Ratis collects a leader's snapshot, a folder for each attempt. */
    private Path arriving;

    private volatile Snapshot latest;

    private record Snapshot(TermIndex at, Path path, SnapshotInfo info) {}

    @Override
    public void init(RaftStorage storage) {
        folder = storage.getStorageDir().getStateMachineDir().toPath();
        arriving = storage.getStorageDir().getTmpDir().toPath();
        refresh();
    }

    /** Looks at the disk: after a start, and when Ratis has put the leader's snapshot into place. */
    void refresh() {
        // nothing arrives now; Ratis leaves what did not arrive as a whole, and each attempt takes as much space as all
        Folders.list(arriving).forEach(Folders::delete);
        find();
    }

    private void find() {
        latest = snapshots().stream()
                .max(Comparator.comparingLong(found -> found.at().index()))
                .orElse(null);
    }

    @Override
    public SnapshotInfo getLatestSnapshot() {
        Snapshot snapshot = latest;
        return snapshot == null ? null : snapshot.info();
    }

    Optional<TermIndex> newest() {
        return Optional.ofNullable(latest).map(Snapshot::at);
    }

    /** Takes a checkpoint; blocks for a flush, so never call it on the apply thread. */
    TermIndex take(Replica replica) {
        Path temporary = folder.resolve("taking");
        try {
            Files.createDirectories(folder);
            Folders.delete(temporary);
            TermIndex at = replica.read(store -> store.checkpoint(temporary));
            Path place = folder.resolve("snapshot." + at.term() + "_" + at.index());
            if (Files.exists(place)) {
                Folders.delete(temporary);
            } else {
                Folders.sync(temporary);
                Folders.move(temporary, place);
            }
            find();
            List<Snapshot> all = new ArrayList<>(snapshots());
            all.sort(Comparator.comparingLong(found -> -found.at().index()));
            all.stream().skip(KEPT).forEach(old -> Folders.delete(old.path()));
            return at;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Makes the store folder hold the snapshot if that is ahead of it. Nothing is moved to its place before it is
     * durable: a crash at any step is mended by calling this again.
     */
    void restoreInto(Path store) {
        Path incoming = store.resolveSibling(store.getFileName() + ".new");
        Folders.delete(incoming);
        Snapshot snapshot = latest;
        if (snapshot == null
                || (Files.exists(store) && appliedIn(store) >= snapshot.at().index())) {
            return;
        }
        try {
            Files.createDirectories(incoming);
            for (Path file : Folders.list(snapshot.path())) {
                copy(file, incoming.resolve(file.getFileName()));
            }
            Folders.sync(incoming);
            Folders.delete(store);
            Folders.move(incoming, store);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static long appliedIn(Path store) {
        return Folders.list(store).isEmpty()
                ? -1
                : DocumentStore.appliedIn(store).index();
    }

    /** Tables never change and are linked; the store writes into its other files, so they are copied. */
    static void copy(Path file, Path to) throws IOException {
        String name = file.getFileName().toString();
        if (name.endsWith(".md5")) {
            return; // Ratis's own beside what it received
        }
        if (name.endsWith(".sst") || name.endsWith(".blob")) {
            Files.createLink(to, file);
        } else {
            Files.copy(file, to);
        }
    }

    private List<Snapshot> snapshots() {
        List<Snapshot> found = new ArrayList<>();
        for (Path path : Folders.list(folder)) {
            Matcher name = NAME.matcher(path.getFileName().toString());
            if (name.matches()) {
                TermIndex at = new TermIndex(Long.parseLong(name.group(1)), Long.parseLong(name.group(2)));
                found.add(new Snapshot(at, path, info(at, path)));
            }
        }
        return found;
    }

    private static SnapshotInfo info(TermIndex at, Path path) {
        List<FileInfo> files = Folders.list(path).stream()
                .filter(file -> !file.getFileName().toString().endsWith(".md5"))
                // no digest: it is made while the file is sent
                .map(file -> new FileInfo(file, null))
                .toList();
        return new FileListSnapshotInfo(files, at.term(), at.index());
    }

    @Override
    public void format() {}

    @Override
    public void cleanupOldSnapshots(SnapshotRetentionPolicy policy) {
        // done where snapshots are taken, off the apply thread
    }
}
