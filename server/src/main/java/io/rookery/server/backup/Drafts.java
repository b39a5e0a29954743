package io.rookery.server.backup;

import io.rookery.api.ErrorCode;
import io.rookery.api.FeedRequest;
import io.rookery.api.Json;
import io.rookery.api.RookeryException;
import io.rookery.cluster.BackupMark;
import io.rookery.cluster.ClusterNode;
import io.rookery.cluster.ReplicatedStore;
import io.rookery.cluster.disk.Folders;
import io.rookery.cluster.topology.Topology;
import io.rookery.server.backup.BackupManifest.Part;
import io.rookery.store.StoreCopy;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.ToLongFunction;

/**
 * The backups that this node is writing, from a checkpoint of its replicas: one moment, in which everything is that was
 * acknowledged before. How far one has come is on disk after each part.
 */
final class Drafts {
    private static final DateTimeFormatter ID =
            DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmssSSS'Z'", Locale.ROOT).withZone(ZoneOffset.UTC);
    private static final long PATIENCE_SECONDS = 60;
    private static final long PART_BYTES = 32L << 20;

    private final ClusterNode node;
    private final BackupArchive archive;
    private final Path work;
    private final Clock clock;

    /** @param work folder of what is unfinished */
    Drafts(ClusterNode node, BackupArchive archive, Path work, Clock clock) {
        this.node = node;
        this.archive = archive;
        this.work = work;
        this.clock = clock;
    }

    /** Databases whose backup may be unfinished. */
    List<String> databases() {
        return Folders.list(work).stream()
                .map(folder -> folder.getFileName().toString())
                .toList();
    }

    /** @throws RookeryException when there is nothing to go on from, or this node lacks a replica */
    BackupManifest begin(String database, boolean incremental) {
        BackupManifest previous = incremental
                ? archive.newest(database)
                        .orElseThrow(() -> new RookeryException(
                                ErrorCode.CONFLICT,
                                "Expected a finished backup of " + database
                                        + " on this node to go on from but found none; take a full one first"))
                : null;
        archive.database(database);
        List<BackupManifest.Shard> shards = new ArrayList<>();
        List<Topology.Shard> all = database(database).shards();
        if (previous != null && previous.shards().size() != all.size()) {
            throw new RookeryException(
                    ErrorCode.CONFLICT,
                    "Expected " + all.size() + " shards of " + database + " in the backup " + previous.id()
                            + " but found " + previous.shards().size()
                            + ": one was split since; take a full one first");
        }
        for (Topology.Shard shard : all) {
            long from = previous == null ? 0 : previousEnd(previous, shard);
            shards.add(new BackupManifest.Shard(shard.number(), shard.group(), from, 0, 0));
            // fails with GONE where deletes since then are no longer known
            shard(database, shard.number()).read(new FeedRequest(from, 1, 1, null, false));
        }
        String id = ID.format(Instant.ofEpochMilli(clock.millis())) + (incremental ? "-incremental" : "-full");
        BackupManifest manifest = new BackupManifest(
                id,
                database,
                previous == null ? null : previous.id(),
                clock.millis(),
                node.records().settings(database),
                shards,
                List.of());
        try {
            archive.drafts(manifest);
            Files.createDirectories(work.resolve(database));
            FolderStorage.write(progress(database), manifest.json().bytes());
        } catch (IOException e) {
            throw new UncheckedIOException("A backup of " + database + " cannot be begun", e);
        }
        return manifest;
    }

    private static long previousEnd(BackupManifest previous, Topology.Shard shard) {
        BackupManifest.Shard before = previous.shard(shard.number());
        if (!before.group().equals(shard.group())) {
            throw new RookeryException(
                    ErrorCode.CONFLICT,
                    "The backup " + previous.id() + " is of an earlier database of this name; take a full one first");
        }
        return before.to();
    }

    private Topology.Database database(String name) {
        Topology.Database known = node.topology().databases().get(name);
        if (known == null) {
            throw new RookeryException(ErrorCode.DATABASE_MISSING, "There is no database '" + name + "'");
        }
        return known;
    }

    private ReplicatedStore shard(String database, int number) {
        return node.shard(database, number)
                .orElseThrow(() -> new RookeryException(
                        ErrorCode.UNAVAILABLE,
                        "Expected a replica of " + database + "/" + number + " on node " + node.tag()
                                + " but it has none; ask a node that has all shards"));
    }

    /** A node that has just started opens its replicas one by one. */
    void awaitReplicas(BackupManifest manifest) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (System.nanoTime() - deadline < 0
                && manifest.shards().stream().anyMatch(shard -> node.shard(manifest.database(), shard.number())
                        .isEmpty())) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(200));
        }
    }

    private Path progress(String database) {
        return work.resolve(database).resolve("progress.json");
    }

    /** To be gone on with; one of a database that was deleted meanwhile goes. */
    Optional<BackupManifest> unfinished(String database) {
        Optional<BackupManifest> begun = begun(database);
        if (begun.filter(this::isOfAnother).isPresent()) {
            drop(database);
            return Optional.empty();
        }
        return begun;
    }

    private Optional<BackupManifest> begun(String database) {
        archive.database(database);
        Path file = progress(database);
        try {
            return Files.exists(file)
                    ? Optional.of(BackupManifest.of(Json.parse(Files.readAllBytes(file))))
                    : Optional.empty();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Whether the database was deleted, and maybe made again, since it was begun. */
    private boolean isOfAnother(BackupManifest manifest) {
        Topology.Database known = node.topology().databases().get(manifest.database());
        return known != null
                && manifest.shards().stream().anyMatch(shard -> known.shards().stream()
                        .noneMatch(there -> there.group().equals(shard.group())));
    }

    void drop(String database) {
        begun(database).ifPresent(archive::drop);
        Folders.delete(work.resolve(database));
    }

    /** Goes on where it is, to the end. */
    void write(BackupManifest begun, Job job) throws IOException {
        BackupManifest manifest = begun;
        holdFeed(begun);
        for (BackupManifest.Shard shard : begun.shards()) {
            Path checkpoint = work.resolve(begun.database()).resolve("shard-" + shard.number());
            if (!Files.exists(checkpoint)) {
                await(shard(begun.database(), shard.number()).fence());
            }
            try (StoreCopy copy = node.copy(shard(begun.database(), shard.number()), checkpoint)) {
                refuseSplit(begun, copy);
                manifest = write(manifest, shard.number(), copy, job);
            }
        }
        archive.verify(manifest);
        archive.finish(manifest);
        mark(manifest, shard -> shard.to());
        Files.delete(progress(begun.database()));
        Folders.delete(work.resolve(begun.database()));
    }

    /** Where no earlier backup does: what changes while this one is written is for the next one. */
    private void holdFeed(BackupManifest begun) {
        long now = clock.millis();
        Optional<BackupMark> mark = node.records().backupMark(begun.database());
        boolean held = begun.shards().stream()
                .allMatch(shard -> mark.map(found -> found.holds(UUID.fromString(shard.group()), now))
                                .orElse(Long.MAX_VALUE)
                        != Long.MAX_VALUE);
        if (!held) {
            mark(begun, shard -> shard(begun.database(), shard.number()).head());
        }
    }

    private void mark(BackupManifest manifest, ToLongFunction<BackupManifest.Shard> place) {
        Map<UUID, Long> places = new HashMap<>();
        manifest.shards().forEach(shard -> places.put(UUID.fromString(shard.group()), place.applyAsLong(shard)));
        await(node.records().markBackup(manifest.database(), new BackupMark(clock.millis(), places)));
    }

    private static void await(CompletableFuture<?> future) {
        future.orTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS).join();
    }

    /** What moved to a shard that came to be since this backup was begun would be in none of its files. */
    private void refuseSplit(BackupManifest begun, StoreCopy copy) {
        Set<String> tags = new HashSet<>();
        begun.shards()
                .forEach(shard ->
                        tags.add(shard(begun.database(), shard.number()).tag()));
        if (!tags.containsAll(copy.splitInto())) {
            Folders.delete(work.resolve(begun.database()));
            throw new RookeryException(
                    ErrorCode.CONFLICT,
                    "A shard of " + begun.database() + " was split while the backup was written; take another one");
        }
    }

    private BackupManifest write(BackupManifest manifest, int number, StoreCopy copy, Job job) throws IOException {
        BackupManifest.Shard begun = manifest.shard(number);
        BackupManifest.Shard shard = new BackupManifest.Shard(
                number, begun.group(), begun.from(), copy.head(), Math.max(begun.from(), copy.windowStart()));
        List<Part> parts = new ArrayList<>(manifest.parts());
        BackupManifest known = manifest.with(shard);
        BackupWriter.Target target = new BackupWriter.Target(
                archive.drafts(manifest), shard, manifest.isFull(), List.copyOf(parts), PART_BYTES);
        new BackupWriter(copy, target).write(part -> {
            keep(known, part);
            parts.add(part);
            job.count(part.records());
            save(known.with(parts));
        });
        return known.with(parts);
    }

    private void keep(BackupManifest manifest, Part part) {
        try {
            archive.keep(manifest, part);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void save(BackupManifest manifest) {
        try {
            FolderStorage.write(progress(manifest.database()), manifest.json().bytes());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
