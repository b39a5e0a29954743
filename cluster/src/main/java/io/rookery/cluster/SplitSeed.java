package io.rookery.cluster;

import io.rookery.cluster.disk.Folders;
import io.rookery.store.Command;
import io.rookery.store.DocumentStore;
import io.rookery.store.Outcome;
import io.rookery.store.StoreResources;
import io.rookery.store.TermIndex;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What a new shard begins with on this node: the store as it is behind the entry that splits it, by hard links, beside the
 * store. It is durable before that entry is applied, so a replay finds it or makes it again, the same. Apply thread only.
 */
final class SplitSeed {
    private static final String PREFIX = "seed-";

    private final Path store;
    private final String tag;
    private final StoreResources resources;
    private Path taken;

    SplitSeed(Path store, String tag, StoreResources resources) {
        this.store = store;
        this.tag = tag;
        this.resources = resources;
    }

    /** @param to tag of the new shard */
    static Path place(Path store, String to, long index) {
        return store.resolveSibling(PREFIX + to + '-' + index);
    }

    /**
     * Of a shard's folder, by the tag of the shard that they are for. Renamed first: one that is there under its name is
     * whole, also for who is just reading it.
     */
    static void delete(Path folder, String to) {
        Path deleted = folder.resolve("seed.deleted");
        Folders.delete(deleted); // of a crash
        for (Path file : Folders.list(folder)) {
            if (file.getFileName().toString().startsWith(PREFIX + to + '-')) {
                try {
                    Folders.move(file, deleted);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
                Folders.delete(deleted);
            }
        }
    }

    /** Where one of the commands splits the shard: what the entry will leave. */
    void take(DocumentStore open, TermIndex at, List<Command> commands) {
        Optional<Command.Split> split = commands.stream()
                .filter(Command.Split.class::isInstance)
                .map(Command.Split.class::cast)
                .filter(one -> open.splits().all().stream()
                        .noneMatch(known -> known.to().equals(one.to())))
                .findFirst();
        if (split.isEmpty()) {
            return;
        }
        taken = place(store, split.get().to(), at.index());
        if (Files.exists(taken)) {
            return;
        }
        Path making = store.resolveSibling("seed.making");
        Folders.delete(making);
        open.checkpoint(making);
        // as this shard: it is this shard's entry
        try (DocumentStore copy = DocumentStore.open(making, tag, resources)) {
            copy.apply(at, commands);
        }
        try {
            Folders.sync(making);
            Folders.move(making, taken);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void keepIfDivided(List<Outcome> outcomes) {
        if (taken != null && outcomes.stream().noneMatch(Outcome.Divided.class::isInstance)) {
            Folders.delete(taken);
        }
    }
}
