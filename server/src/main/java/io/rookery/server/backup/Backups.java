package io.rookery.server.backup;

import io.rookery.api.ErrorCode;
import io.rookery.api.FeedRequest;
import io.rookery.api.Json;
import io.rookery.api.RookeryException;
import io.rookery.api.Transaction;
import io.rookery.api.Write;
import io.rookery.cluster.ClusterNode;
import io.rookery.cluster.Consistency;
import io.rookery.cluster.ReplicatedStore;
import io.rookery.cluster.ShardAccess;
import io.rookery.cluster.ShardQuestion;
import io.rookery.cluster.ShardedDatabase;
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
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The backups and restores that run on this node, one at a time. A backup is written from a checkpoint of this node's
 * replicas: one moment, in which everything is that was acknowledged before. What is unfinished when the node ends goes on
 * when it starts.
 */
public final class Backups implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Backups.class);
    private static final DateTimeFormatter ID =
            DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmssSSS'Z'", Locale.ROOT).withZone(ZoneOffset.UTC);
    private static final long PATIENCE_SECONDS = 60;
    private static final long PART_BYTES = 32L << 20;

    private final ClusterNode node;
    private final BackupArchive archive;
    private final Path work;
    private final Clock clock;
    private final Map<String, Job> jobs = new ConcurrentHashMap<>();
    private final ExecutorService executor = Executors.newSingleThreadExecutor(task -> {
        Thread thread = new Thread(task, "backup");
        thread.setDaemon(true);
        return thread;
    });

    private final ExecutorService requests = Executors.newFixedThreadPool(2, task -> {
        Thread thread = new Thread(task, "backup-requests");
        thread.setDaemon(true);
        return thread;
    });

    /**
     * @param place of the backups; null when none is configured
     * @param data the node's data folder
     */
    public Backups(ClusterNode node, BackupPlace place, Path data, Clock clock) {
        this.node = node;
        this.work = data.resolve("backup");
        this.archive = new BackupArchive(BackupStorage.of(place, data.resolve("backup-transfer")));
        this.clock = clock;
    }

    /** Goes on with what was unfinished. */
    public void start() {
        if (!archive.isConfigured()) {
            return;
        }
        for (Path database : Folders.list(work)) {
            unfinished(database.getFileName().toString()).ifPresent(manifest -> {
                LOG.info("Going on with the backup {} of {}", manifest.id(), manifest.database());
                run(job("backup", manifest.database(), manifest.id()), job -> {
                    awaitReplicas(manifest);
                    write(manifest, job);
                });
            });
        }
    }

    /** Begins a backup, or goes on with the one that is unfinished. @throws RookeryException when it cannot be */
    public Map<String, Object> backup(String database, boolean incremental) {
        Optional<BackupManifest> unfinished = unfinished(database);
        BackupManifest manifest = unfinished.orElseGet(() -> begin(database, incremental));
        Job job = job("backup", database, manifest.id());
        run(job, running -> write(manifest, running));
        return job.json(node.tag());
    }

    /** Compares all files of a backup, and of those that it goes on from, with their checksums. */
    public Map<String, Object> verify(String database, String id) {
        String chosen = chosen(database, id);
        List<BackupManifest> chain = archive.chain(database, chosen);
        Job job = job("verify", database, chosen);
        run(job, running -> {
            for (BackupManifest manifest : chain) {
                archive.verify(manifest);
                running.count(manifest.parts().stream().mapToLong(Part::records).sum());
            }
        });
        return job.json(node.tag());
    }

    /** The finished backups of a database on this node, oldest first. */
    public List<Map<String, Object>> list(String database) {
        List<Map<String, Object>> list = new ArrayList<>();
        archive.list(database).forEach(manifest -> {
            Map<String, Object> json =
                    new java.util.LinkedHashMap<>(manifest.json().asObject());
            json.remove("files");
            json.put("bytes", manifest.parts().stream().mapToLong(Part::bytes).sum());
            json.put(
                    "records",
                    manifest.parts().stream().mapToLong(Part::records).sum());
            list.add(json);
        });
        return list;
    }

    /** What ran or runs here of a database. */
    public List<Map<String, Object>> jobs(String database) {
        return jobs.values().stream()
                .filter(job -> job.database().equals(database))
                .map(job -> job.json(node.tag()))
                .toList();
    }

    /** Whether this node has a place for backups. */
    public boolean isConfigured() {
        return archive.isConfigured();
    }

    /** For what blocks: away from the threads that requests come on. */
    public <T> CompletableFuture<T> later(Supplier<T> work) {
        return CompletableFuture.supplyAsync(work, requests);
    }

    /**
     * Restores into a database that is made for it, or goes on where the same restore ended early.
     *
     * @param shards of the new database; null for as many as the backup has
     * @param id of the backup; null for the newest
     * @param sequence or {@code time}, in milliseconds since the epoch: up to where; both null for the backup's end
     */
    public record RestoreRequest(
            String database, int replicas, Integer shards, String from, String id, Long sequence, Long time) {}

    public Map<String, Object> restore(RestoreRequest request) {
        String id = chosen(request.from(), request.id());
        RestorePoint point = new RestorePoint(request.sequence(), request.time());
        List<BackupManifest> chain = point.needed(archive.chain(request.from(), id));
        Json note = Json.of(note(request, id));
        Job job = job("restore", request.database(), request.from() + "/" + id);
        ShardedDatabase target;
        try {
            target = target(request, chain.get(0).shards().size(), note);
        } catch (RuntimeException e) {
            job.end(Job.State.FAILED, e.getMessage(), clock.millis());
            throw e;
        }
        run(job, running -> {
            new Restore(archive, target, point, running::count).write(chain);
            note(target, Json.of(done(note)));
        });
        return job.json(node.tag());
    }

    private static Map<String, Object> note(RestoreRequest request, String id) {
        Map<String, Object> note = new java.util.LinkedHashMap<>();
        note.put("from", request.from());
        note.put("backup", id);
        note.put("sequence", request.sequence());
        note.put("time", request.time());
        note.put("state", "RUNNING");
        return note;
    }

    private static Map<String, Object> done(Json note) {
        Map<String, Object> done = new java.util.LinkedHashMap<>(note.asObject());
        done.put("state", "DONE");
        return done;
    }

    /** What a database says of its restore; empty when it was not restored. */
    public CompletableFuture<Optional<Map<String, Object>>> restored(ShardedDatabase database) {
        return database.all()
                .get(0)
                .ask(Consistency.LINEARIZABLE, new ShardQuestion.Entries(List.of(Restore.NOTE)))
                .thenApply(found ->
                        found.value().get(0).map(bytes -> Json.parse(bytes).asObject()));
    }

    private ShardedDatabase target(RestoreRequest request, int backedUp, Json note) {
        await(node.system().fence());
        Optional<ShardedDatabase> there = node.database(request.database());
        if (there.isPresent()) {
            boolean same = await(restored(there.get()))
                    .map(found -> Json.of(found).equals(note))
                    .orElseGet(() -> there.get().all().stream().allMatch(Backups::isEmpty));
            if (!same) {
                throw new RookeryException(
                        ErrorCode.ALREADY_EXISTS,
                        "Expected no database " + request.database()
                                + ", or one whose same restore ended early; a restore"
                                + " never changes a database that is in use");
            }
        } else {
            int shards = request.shards() == null ? backedUp : request.shards();
            await(node.createDatabase(request.database(), request.replicas(), shards));
            await(node.system().fence());
        }
        ShardedDatabase target = node.database(request.database())
                .orElseThrow(() -> new RookeryException(
                        ErrorCode.DATABASE_MISSING, "The database '" + request.database() + "' is gone again"));
        note(target, note);
        return target;
    }

    private static boolean isEmpty(ShardAccess shard) {
        FeedRequest first = new FeedRequest(0, 1, 1, null, false);
        return await(shard.ask(Consistency.LINEARIZABLE, new ShardQuestion.Feed(first)))
                        .value()
                        .head()
                == 0;
    }

    private void note(ShardedDatabase target, Json note) {
        await(target.all()
                .get(0)
                .commit(Transaction.of(List.of(new Write.PutEntry(Restore.NOTE, note.bytes())), clock.millis())));
    }

    private String chosen(String database, String id) {
        if (id != null) {
            return id;
        }
        return archive.newest(database)
                .map(BackupManifest::id)
                .orElseThrow(() -> new RookeryException(
                        ErrorCode.NOT_FOUND, "There is no finished backup of " + database + " on this node"));
    }

    private Job job(String kind, String database, String backup) {
        Job job = new Job(kind, database, backup, clock.millis());
        jobs.compute(kind + " " + database, (key, before) -> {
            if (before != null && before.state() == Job.State.RUNNING) {
                throw new RookeryException(
                        ErrorCode.CONFLICT, "A " + kind + " of " + database + " is running on this node already");
            }
            return job;
        });
        return job;
    }

    private interface Work {
        void run(Job job) throws IOException;
    }

    private void run(Job job, Work work) {
        executor.execute(() -> {
            try {
                work.run(job);
                job.end(Job.State.DONE, null, clock.millis());
            } catch (IOException | RuntimeException e) {
                Throwable cause = e instanceof CompletionException && e.getCause() != null ? e.getCause() : e;
                LOG.warn("The {} of {} ended early", job.kind(), job.database(), cause);
                job.end(
                        Job.State.FAILED,
                        cause.getMessage() == null ? cause.toString() : cause.getMessage(),
                        clock.millis());
            }
        });
    }

    private BackupManifest begin(String database, boolean incremental) {
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
                id, database, previous == null ? null : previous.id(), clock.millis(), shards, List.of());
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
    private void awaitReplicas(BackupManifest manifest) {
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

    private Optional<BackupManifest> unfinished(String database) {
        Optional<BackupManifest> begun = begun(database);
        if (begun.filter(this::isOfAnother).isPresent()) {
            giveUp(database);
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

    /** Removes what is unfinished. @throws RookeryException CONFLICT while it is being written */
    public void giveUp(String database) {
        Optional<BackupManifest> begun = begun(database);
        Job running = jobs.get("backup " + database);
        if (running != null && running.state() == Job.State.RUNNING) {
            throw new RookeryException(ErrorCode.CONFLICT, "The backup of " + database + " is being written");
        }
        begun.ifPresent(archive::drop);
        Folders.delete(work.resolve(database));
    }

    private void write(BackupManifest begun, Job job) throws IOException {
        BackupManifest manifest = begun;
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
        Files.delete(progress(begun.database()));
        Folders.delete(work.resolve(begun.database()));
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
        List<BackupManifest.Shard> shards = manifest.shards().stream()
                .map(one -> one.number() == number ? shard : one)
                .toList();
        List<Part> parts = new ArrayList<>(manifest.parts());
        BackupManifest known = new BackupManifest(
                manifest.id(), manifest.database(), manifest.previous(), manifest.taken(), shards, parts);
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

    private static <T> T await(CompletableFuture<T> future) {
        return future.orTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS).join();
    }

    @Override
    public void close() {
        requests.shutdownNow();
        executor.shutdownNow();
        try {
            executor.awaitTermination(30, TimeUnit.SECONDS); // its copy must be closed before what it shares
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        archive.close();
    }
}
