package io.rookery.server.tasks;

import io.rookery.api.ChangeVector;
import io.rookery.api.Document;
import io.rookery.api.Entry;
import io.rookery.api.ErrorCode;
import io.rookery.api.Json;
import io.rookery.api.Read;
import io.rookery.api.RookeryException;
import io.rookery.api.Transaction;
import io.rookery.api.Write;
import io.rookery.cluster.ClusterNode;
import io.rookery.cluster.ReplicatedStore;
import io.rookery.cluster.topology.SystemState;
import io.rookery.etl.task.ConnectionDefinition;
import io.rookery.etl.task.ConnectionsFile;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The tasks, connections and secrets of the cluster, kept in its system shard. Reads are of this node's replica; call
 * {@link #fence()} first where a stale answer would be wrong. Writes complete when they are committed and visible here.
 */
public final class Catalog {
    private static final Logger LOG = LoggerFactory.getLogger(Catalog.class);
    private static final String TASKS = "tasks/";
    private static final String DELETED = SystemState.DELETED_TASKS;
    private static final String CONNECTIONS = "connections/";
    private static final String SECRETS = "secrets/";
    private static final Pattern SECRET_NAME = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_./-]{0,126}");
    private static final int MAX_SECRET = 64 << 10;
    private static final int PAGE = 500;

    private final ClusterNode node;
    private final Clock clock;
    private final Map<String, StoredTask> parsed = new ConcurrentHashMap<>();

    public Catalog(ClusterNode node, Clock clock) {
        this.node = node;
        this.clock = clock;
    }

    /** Completes when reads see everything that was committed before the call. */
    public CompletableFuture<Void> fence() {
        return node.system().fence();
    }

    /** Completes when something was written beyond {@code sequence}; the value is the newest sequence number. */
    CompletableFuture<Long> beyond(long sequence) {
        return node.system().beyond(sequence);
    }

    /** All tasks but those whose text this version cannot read: they stand still, and {@link #task} says why. */
    public List<StoredTask> tasks() {
        List<StoredTask> tasks = new ArrayList<>();
        for (Document document : documents(TASKS)) {
            try {
                tasks.add(task(document));
            } catch (RookeryException e) {
                LOG.warn("The stored {} cannot be read: {}", document.id(), e.getMessage());
            }
        }
        return tasks;
    }

    public Optional<StoredTask> task(String name) {
        return node.system().document(TASKS + name).map(this::task);
    }

    /** Tasks are asked for every second and change rarely, so each version is parsed once. */
    private StoredTask task(Document document) {
        return parsed.compute(
                document.id(),
                (id, known) -> known != null && known.version().equals(document.changeVector())
                        ? known
                        : StoredTask.of(document));
    }

    /** @throws RookeryException NOT_FOUND */
    public StoredTask requireTask(String name) {
        return task(name).orElseThrow(() -> missing("task", name));
    }

    /** @throws RookeryException CONFLICT when it was changed since {@link StoredTask#version()} */
    CompletableFuture<Void> put(StoredTask task) {
        return commit(new Write.PutDocument(TASKS + task.name(), "@tasks", task.body(), task.version()));
    }

    /**
     * What {@link #put} does.
     *
     * @param database version of the database that the task was judged for: no split may come between
     * @throws RookeryException CONFLICT when that has changed too
     */
    CompletableFuture<Void> put(StoredTask task, ChangeVector database) {
        Write write = new Write.PutDocument(TASKS + task.name(), "@tasks", task.body(), task.version());
        Read seen = new Read(SystemState.DATABASES + task.database(), database);
        return commit(new Transaction(List.of(seen), List.of(write), null, null, clock.millis()));
    }

    /** What a database is now; see {@link #put}. NONE when there is none of that name. */
    ChangeVector databaseVersion(String name) {
        return node.system()
                .document(SystemState.DATABASES + name)
                .map(Document::changeVector)
                .orElse(ChangeVector.NONE);
    }

    /** Deletes a task and notes that what it left in its database is to be erased. */
    CompletableFuture<Void> delete(StoredTask task) {
        parsed.remove(TASKS + task.name());
        return commit(
                new Write.DeleteDocument(TASKS + task.name(), task.version()),
                new Write.PutDocument(DELETED + task.name(), "@deleted-tasks", task.body(), ChangeVector.NONE));
    }

    /** Deleted tasks whose leftovers are not erased yet. */
    List<StoredTask> deleted() {
        return documents(DELETED).stream().map(StoredTask::of).toList();
    }

    /** Of a deleted task, from these shards; what is left in others is still to go. */
    CompletableFuture<Void> erasedFrom(StoredTask task, Set<Integer> shards) {
        return commit(new Write.PutDocument(
                DELETED + task.name(), "@deleted-tasks", task.erasedFrom(shards).body(), task.version()));
    }

    CompletableFuture<Void> erased(StoredTask task) {
        return commit(new Write.DeleteDocument(DELETED + task.name(), task.version()));
    }

    public List<ConnectionDefinition> connections() {
        return documents(CONNECTIONS).stream().map(Catalog::connection).toList();
    }

    public Optional<ConnectionDefinition> connection(String name) {
        return node.system().document(CONNECTIONS + name).map(Catalog::connection);
    }

    /** @throws RookeryException NOT_FOUND */
    public ConnectionDefinition requireConnection(String name) {
        return connection(name).orElseThrow(() -> missing("connection", name));
    }

    /** @param text one connection as YAML or JSON: {@code postgres: { host: … }} */
    public CompletableFuture<ConnectionDefinition> putConnection(String name, String text) {
        ConnectionDefinition parsed = ConnectionsFile.parseOne(name, text);
        Json body = Json.of(Map.of("name", name, "text", parsed.text()));
        return commit(new Write.PutDocument(CONNECTIONS + name, "@connections", body, null))
                .thenApply(done -> parsed);
    }

    /** @throws RookeryException CONFLICT while a task uses it */
    public CompletableFuture<Void> deleteConnection(String name) {
        Document found = node.system().document(CONNECTIONS + name).orElseThrow(() -> missing("connection", name));
        List<String> users = tasks().stream()
                .filter(task -> name.equals(task.definition().connection()))
                .map(StoredTask::name)
                .toList();
        if (!users.isEmpty()) {
            throw new RookeryException(
                    ErrorCode.CONFLICT, "The connection '" + name + "' is used by " + String.join(", ", users));
        }
        return commit(new Write.DeleteDocument(CONNECTIONS + name, found.changeVector()));
    }

    private static ConnectionDefinition connection(Document document) {
        Map<String, Object> body = document.body().asObject();
        return ConnectionsFile.parseOne((String) body.get("name"), (String) body.get("text"));
    }

    public List<String> secretNames() {
        List<String> names = new ArrayList<>();
        String after = null;
        List<Entry> page;
        do {
            page = node.system().entries(SECRETS, after, PAGE);
            page.forEach(entry -> names.add(entry.key().substring(SECRETS.length())));
            after = page.isEmpty() ? null : page.get(page.size() - 1).key();
        } while (page.size() == PAGE);
        return names;
    }

    /** A secret's value for the tasks of this node; null when it is not stored. Never leaves the process. */
    public String secret(String name) {
        return node.system()
                .entry(SECRETS + name)
                .map(bytes -> new String(bytes, StandardCharsets.UTF_8))
                .orElse(null);
    }

    public CompletableFuture<Void> putSecret(String name, String value) {
        if (!SECRET_NAME.matcher(name).matches()) {
            throw new RookeryException(
                    ErrorCode.BAD_REQUEST,
                    "Expected a secret's name of 1 to 127 letters, digits, '_', '.', '/', '-' but found '" + name
                            + "'");
        }
        byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
        if (bytes.length == 0 || bytes.length > MAX_SECRET) {
            throw new RookeryException(
                    ErrorCode.BAD_REQUEST,
                    "Expected a value of 1 to " + MAX_SECRET + " bytes but found " + bytes.length);
        }
        return commit(new Write.PutEntry(SECRETS + name, bytes));
    }

    public CompletableFuture<Void> deleteSecret(String name) {
        if (node.system().entry(SECRETS + name).isEmpty()) {
            throw missing("secret", name);
        }
        return commit(new Write.DeleteEntry(SECRETS + name));
    }

    /** What connections and secrets a task was started with, so that a change of them starts it anew. */
    String fingerprint(StoredTask task) {
        String name = task.definition().connection();
        if (name == null) {
            return "";
        }
        StringBuilder text = new StringBuilder(
                connection(name).map(ConnectionDefinition::text).orElse(""));
        Pattern.compile("\\$\\{secret:([^}]*)}")
                .matcher(text.toString())
                .results()
                .forEach(match -> text.append('\n').append(secret(match.group(1))));
        return Integer.toHexString(text.toString().hashCode()) + '-' + text.length();
    }

    private List<Document> documents(String prefix) {
        List<Document> all = new ArrayList<>();
        ReplicatedStore system = node.system();
        List<Document> page;
        do {
            String after = all.isEmpty() ? null : all.get(all.size() - 1).id();
            page = system.documentsFrom(prefix, after, PAGE);
            all.addAll(page);
        } while (page.size() == PAGE);
        return all;
    }

    private CompletableFuture<Void> commit(Write... writes) {
        return commit(Transaction.of(List.of(writes), clock.millis()));
    }

    private CompletableFuture<Void> commit(Transaction transaction) {
        ReplicatedStore system = node.system();
        return system.commit(transaction).thenCompose(result -> system.applied(result.index()));
    }

    private static RookeryException missing(String what, String name) {
        return new RookeryException(ErrorCode.NOT_FOUND, "There is no " + what + " '" + name + "'");
    }

    static ChangeVector versionOf(Optional<StoredTask> task) {
        return task.map(StoredTask::version).orElse(ChangeVector.NONE);
    }
}
