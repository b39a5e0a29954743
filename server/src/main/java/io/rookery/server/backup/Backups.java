package io.rookery.server.backup;

import io.rookery.api.ErrorCode;
import io.rookery.api.RookeryException;
import io.rookery.cluster.ClusterNode;
import io.rookery.cluster.ShardedDatabase;
import io.rookery.server.backup.BackupManifest.Part;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
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

    private final BackupArchive archive;
    private final Drafts drafts;
    private final Restores restores;
    private final Jobs jobs;
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
        archive = new BackupArchive(BackupStorage.of(place, data.resolve("backup-transfer")));
        drafts = new Drafts(node, archive, data.resolve("backup"), clock);
        restores = new Restores(node);
        jobs = new Jobs(node.tag(), clock);
    }

    /** Goes on with what was unfinished. */
    public void start() {
        if (!archive.isConfigured()) {
            return;
        }
        for (String database : drafts.databases()) {
            drafts.unfinished(database).ifPresent(manifest -> {
                LOG.info("Going on with the backup {} of {}", manifest.id(), manifest.database());
                jobs.run(jobs.begin("backup", manifest.database(), manifest.id()), job -> {
                    drafts.awaitReplicas(manifest);
                    drafts.write(manifest, job);
                });
            });
        }
    }

    /** Begins a backup, or goes on with the one that is unfinished. @throws RookeryException when it cannot be */
    public Map<String, Object> backup(String database, boolean incremental) {
        expectIdle(database);
        BackupManifest manifest = drafts.unfinished(database).orElseGet(() -> drafts.begin(database, incremental));
        Job job = jobs.begin("backup", database, manifest.id());
        jobs.run(job, running -> drafts.write(manifest, running));
        return jobs.json(job);
    }

    /** Removes what is unfinished. @throws RookeryException CONFLICT while it is being written */
    public void giveUp(String database) {
        expectIdle(database);
        drafts.drop(database);
    }

    private void expectIdle(String database) {
        if (jobs.isRunning("backup", database)) {
            throw new RookeryException(ErrorCode.CONFLICT, "The backup of " + database + " is being written");
        }
    }

    /** Compares all files of a backup, and of those that it goes on from, with their checksums. */
    public Map<String, Object> verify(String database, String id) {
        String chosen = chosen(database, id);
        List<BackupManifest> chain = archive.chain(database, chosen);
        Job job = jobs.begin("verify", database, chosen);
        jobs.run(job, running -> {
            for (BackupManifest manifest : chain) {
                archive.verify(manifest);
                running.count(manifest.parts().stream().mapToLong(Part::records).sum());
            }
        });
        return jobs.json(job);
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
        return jobs.of(database);
    }

    /** Whether this node has a place for backups. */
    public boolean isConfigured() {
        return archive.isConfigured();
    }

    /** For what blocks: away from the threads that requests come on. */
    public <T> CompletableFuture<T> later(Supplier<T> work) {
        return CompletableFuture.supplyAsync(work, requests);
    }

    /** Restores into a database that is made for it, or goes on where the same restore ended early. */
    public Map<String, Object> restore(RestoreRequest request) {
        String id = chosen(request.from(), request.id());
        RestorePoint point = new RestorePoint(request.sequence(), request.time());
        List<BackupManifest> chain = point.needed(archive.chain(request.from(), id));
        Job job = jobs.begin("restore", request.database(), request.from() + "/" + id);
        ShardedDatabase target;
        try {
            target = restores.begin(request, id, chain);
        } catch (RuntimeException e) {
            jobs.fail(job, e);
            throw e;
        }
        jobs.run(job, running -> {
            new Restore(archive, target, point, running::count).write(chain);
            restores.end(request, id, chain);
        });
        return jobs.json(job);
    }

    /** What is known of a database's restore; empty when it was not restored. */
    public CompletableFuture<Optional<Map<String, Object>>> restored(String database) {
        return restores.restored(database);
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

    @Override
    public void close() {
        requests.shutdownNow();
        jobs.close();
        archive.close();
    }
}
