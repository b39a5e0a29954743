package io.rookery.server.backup;

import io.rookery.api.ErrorCode;
import io.rookery.api.FeedRequest;
import io.rookery.api.Json;
import io.rookery.api.RookeryException;
import io.rookery.cluster.ClusterNode;
import io.rookery.cluster.Consistency;
import io.rookery.cluster.DatabaseSettings;
import io.rookery.cluster.ShardAccess;
import io.rookery.cluster.ShardQuestion;
import io.rookery.cluster.ShardedDatabase;
import io.rookery.store.RevisionPolicy;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Databases that are made from backups. What a database was restored from is noted in the system shard, before and after. */
final class Restores {
    private static final long PATIENCE_SECONDS = 60;

    private final ClusterNode node;

    Restores(ClusterNode node) {
        this.node = node;
    }

    /**
     * The database to write into: a new one, or that of the same restore when it ended early.
     *
     * @param id of the backup that was chosen
     * @param chain what is to be restored
     */
    ShardedDatabase begin(RestoreRequest request, String id, List<BackupManifest> chain) {
        boolean versions = chain.stream().anyMatch(BackupManifest::keepsRevisions);
        int shards = request.shards() == null ? chain.get(0).shards().size() : request.shards();
        ShardedDatabase target = target(request, shards, versions, Json.of(note(request, id)));
        if (versions) {
            RevisionPolicy policy = last(chain).settings().revisions();
            await(node.records().configure(request.database(), known -> known.withRevisions(policy)));
        }
        return target;
    }

    /** Only now does the database do by itself what that one did: nothing expires while it is written. */
    void end(RestoreRequest request, String id, List<BackupManifest> chain) {
        DatabaseSettings settings = last(chain).settings();
        if (!settings.equals(DatabaseSettings.DEFAULT)) {
            await(node.records().configure(request.database(), known -> settings));
        }
        await(node.records().noteRestore(request.database(), Json.of(done(Json.of(note(request, id))))));
    }

    private static BackupManifest last(List<BackupManifest> chain) {
        return chain.get(chain.size() - 1);
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

    /** What is known of a database's restore; empty when it was not restored. */
    CompletableFuture<Optional<Map<String, Object>>> restored(String database) {
        return node.system()
                .fence()
                .thenApply(ready -> node.records().restoreNote(database).map(Json::asObject));
    }

    /** @param anew whether what an earlier attempt wrote must go: versions would be there twice */
    private ShardedDatabase target(RestoreRequest request, int shards, boolean anew, Json note) {
        await(node.system().fence());
        Optional<ShardedDatabase> there = node.database(request.database());
        Optional<Map<String, Object>> begun = there.flatMap(
                database -> node.records().restoreNote(request.database()).map(Json::asObject));
        if (there.isPresent()) {
            boolean same = begun.map(found -> Json.of(found).equals(note))
                    .orElseGet(() -> there.get().all().stream().allMatch(Restores::isEmpty));
            if (!same) {
                throw new RookeryException(
                        ErrorCode.ALREADY_EXISTS,
                        "Expected no database " + request.database()
                                + ", or one whose same restore ended early; a restore"
                                + " never changes a database that is in use");
            }
        }
        boolean again = anew && begun.isPresent();
        if (again) {
            await(node.deleteDatabase(request.database()));
        }
        if (again || there.isEmpty()) {
            await(node.createDatabase(request.database(), request.replicas(), shards));
            await(node.system().fence());
        }
        ShardedDatabase target = node.database(request.database())
                .orElseThrow(() -> new RookeryException(
                        ErrorCode.DATABASE_MISSING, "The database '" + request.database() + "' is gone again"));
        await(node.records().noteRestore(request.database(), note));
        return target;
    }

    private static boolean isEmpty(ShardAccess shard) {
        FeedRequest first = new FeedRequest(0, 1, 1, null, false);
        return await(shard.ask(Consistency.LINEARIZABLE, new ShardQuestion.Feed(first)))
                        .value()
                        .head()
                == 0;
    }

    private static <T> T await(CompletableFuture<T> future) {
        return future.orTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS).join();
    }
}
