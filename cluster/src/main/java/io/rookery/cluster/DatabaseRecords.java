package io.rookery.cluster;

import io.rookery.api.ChangeVector;
import io.rookery.api.Document;
import io.rookery.api.ErrorCode;
import io.rookery.api.Json;
import io.rookery.api.RookeryException;
import io.rookery.api.Transaction;
import io.rookery.api.Write;
import io.rookery.cluster.wire.CommandCodec;
import io.rookery.store.Command;
import io.rookery.store.RevisionPolicy;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/**
 * What the cluster keeps of a database beside its shards, in documents of the system shard: what it does by itself, what its
 * newest backup has, which backup it came from. Read as of this node's replica.
 */
public final class DatabaseRecords {
    static final String RESTORES = "restores/";

    private final NodeContext node;
    private final Shards shards;
    private final Function<String, Optional<ShardedDatabase>> databases;

    DatabaseRecords(NodeContext node, Shards shards, Function<String, Optional<ShardedDatabase>> databases) {
        this.node = node;
        this.shards = shards;
        this.databases = databases;
    }

    private ReplicatedStore system() {
        return shards.system()
                .orElseThrow(() -> new RookeryException(
                        ErrorCode.UNAVAILABLE, "Node " + node.tag() + " is not part of a cluster yet"));
    }

    /** What the database does with its documents by itself. */
    public DatabaseSettings settings(String database) {
        return system().document(DatabaseSettings.SETTINGS + database)
                .map(DatabaseSettings::of)
                .orElse(DatabaseSettings.DEFAULT);
    }

    /** Changes what the database does by itself; completes when it is committed, and in force in all shards. */
    public CompletableFuture<Long> configure(String database, UnaryOperator<DatabaseSettings> change) {
        return system().fence().thenCompose(ready -> {
            Optional<Document> stored = system().document(DatabaseSettings.SETTINGS + database);
            DatabaseSettings next =
                    change.apply(stored.map(DatabaseSettings::of).orElse(DatabaseSettings.DEFAULT));
            if (!next.revisions().equals(RevisionPolicy.NONE)) { // before it is written down what nobody could enforce
                byte[] command = CommandCodec.encode(new Command.ConfigureRevisions(next.revisions()));
                node.level().require(CommandCodec.version(command));
            }
            Write put = new Write.PutDocument(
                    DatabaseSettings.SETTINGS + database,
                    "@settings",
                    next.json(),
                    stored.map(Document::changeVector).orElse(ChangeVector.NONE));
            return system().commit(Transaction.of(List.of(put), System.currentTimeMillis()))
                    .thenCompose(done -> enforce(database, next).thenApply(enforced -> done.index()));
        });
    }

    /** At once, and not only when the leaders look for themselves. */
    private CompletableFuture<Void> enforce(String database, DatabaseSettings settings) {
        Command command = new Command.ConfigureRevisions(settings.revisions());
        return CompletableFuture.allOf(databases.apply(database).map(ShardedDatabase::all).orElse(List.of()).stream()
                .filter(shard -> shards.find(shard.group())
                        .map(here -> !here.revisionPolicy().equals(settings.revisions()))
                        .orElse(true))
                .map(shard -> shard.submit(command))
                .toArray(CompletableFuture[]::new));
    }

    /** Where a database comes from; empty unless it was restored. */
    public Optional<Json> restoreNote(String database) {
        return system().document(RESTORES + database).map(Document::body);
    }

    public CompletableFuture<Void> noteRestore(String database, Json note) {
        Write put = new Write.PutDocument(RESTORES + database, "@restores", note, null);
        return system().commit(Transaction.of(List.of(put), System.currentTimeMillis()))
                .thenApply(done -> null);
    }

    /** Of the newest backup of a database. */
    public Optional<BackupMark> backupMark(String database) {
        return system().document(BackupMark.BACKUPS + database).map(BackupMark::of);
    }

    public CompletableFuture<Void> markBackup(String database, BackupMark mark) {
        Write put = new Write.PutDocument(BackupMark.BACKUPS + database, "@backups", mark.json(), null);
        return system().commit(Transaction.of(List.of(put), mark.taken())).thenApply(done -> null);
    }
}
