package io.rookery.cluster;

import io.rookery.api.ErrorCode;
import io.rookery.api.RookeryException;
import io.rookery.cluster.disk.Folders;
import io.rookery.cluster.disk.Pace;
import io.rookery.cluster.wire.WireReader;
import io.rookery.cluster.wire.WireWriter;
import io.rookery.store.StateHash;
import io.rookery.store.StoreCopy;
import io.rookery.store.StoreResources;
import io.rookery.store.rocks.StoreFailure;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads this node's replicas again, once a day and when it is asked to: every block against its checksum, all of the
 * state against its hash. Works on a checkpoint, one replica at a time, and no faster than a disk can bear beside its
 * work. What it finds it tells; it mends nothing.
 */
final class Scrubber implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Scrubber.class);
    private static final String START = "@scrub";
    private static final String RESULTS = "@scrub-results";
    private static final long BYTES_PER_SECOND = 32L << 20;
    private static final long EVERY_NANOS = TimeUnit.DAYS.toNanos(1);
    private static final long FIRST_NANOS = TimeUnit.HOURS.toNanos(1);

    private final NodeContext node;
    private final Shards shards;
    private final Path folder;
    private final StoreResources resources;
    private final ExecutorService executor;
    private final long started = System.nanoTime();
    private final Map<UUID, Long> ended = new ConcurrentHashMap<>();
    private final Map<UUID, ScrubResult> results = new ConcurrentHashMap<>();
    private final Set<UUID> waiting = ConcurrentHashMap.newKeySet();

    Scrubber(NodeContext node, Shards shards, Path data, StoreResources resources) {
        this.node = node;
        this.shards = shards;
        this.folder = data.resolve("scrub");
        this.resources = resources;
        executor = Executors.newSingleThreadExecutor(Threads.named(node.tag() + "-scrub"));
        node.peers().handle(START, question -> {
            String database = new WireReader(question).text();
            shards.all().stream()
                    .filter(store -> store.definition().database().equals(database))
                    .forEach(this::start);
            return CompletableFuture.completedFuture(new byte[0]);
        });
        node.peers().handle(RESULTS, question -> {
            String database = new WireReader(question).text();
            return CompletableFuture.completedFuture(ScrubResult.write(here().stream()
                    .filter(result -> result.database().equals(database))
                    .toList()));
        });
    }

    /** Of the replicas that are here. */
    List<ScrubResult> here() {
        results.keySet()
                .retainAll(shards.all().stream()
                        .map(store -> store.definition().group())
                        .toList());
        return List.copyOf(results.values());
    }

    /** Begins where the database's replicas are; gives the tags of the nodes that answered. */
    CompletableFuture<Set<String>> start(String database, Set<String> nodes) {
        Map<String, CompletableFuture<Optional<byte[]>>> answers = new TreeMap<>();
        nodes.forEach(tag -> answers.put(tag, ask(tag, START, database)));
        return CompletableFuture.allOf(answers.values().toArray(CompletableFuture[]::new))
                .thenApply(all -> {
                    answers.values().removeIf(answer -> answer.join().isEmpty());
                    return answers.keySet();
                });
    }

    /** What the nodes that answer know. */
    CompletableFuture<List<ScrubResult>> results(String database, Set<String> nodes) {
        List<CompletableFuture<Optional<byte[]>>> answers =
                nodes.stream().map(tag -> ask(tag, RESULTS, database)).toList();
        return CompletableFuture.allOf(answers.toArray(CompletableFuture[]::new))
                .thenApply(all -> {
                    List<ScrubResult> found = new ArrayList<>();
                    answers.forEach(answer -> answer.join().ifPresent(bytes -> found.addAll(ScrubResult.read(bytes))));
                    return found;
                });
    }

    private CompletableFuture<Optional<byte[]>> ask(String tag, String kind, String database) {
        return node.peers()
                .ask(tag, kind, new WireWriter(64).text(database).toBytes(), 3_000)
                .thenApply(Optional::of)
                .exceptionally(failure -> Optional.empty());
    }

    /** Begins what is due; called now and then. */
    void round() {
        long now = System.nanoTime();
        for (ReplicatedStore store : shards.all()) {
            Long last = ended.get(store.definition().group());
            boolean due = last == null ? now - started >= FIRST_NANOS : now - last >= EVERY_NANOS;
            if (due && !node.disk().isFull()) {
                start(store);
            }
        }
    }

    private void start(ReplicatedStore store) {
        UUID group = store.definition().group();
        if (waiting.add(group)) {
            results.put(group, result(store, ScrubResult.State.RUNNING, 0, null, null));
            executor.execute(() -> {
                try {
                    ScrubResult found = scrub(store);
                    results.put(group, found);
                    tell(found);
                } finally {
                    ended.put(group, System.nanoTime());
                    waiting.remove(group);
                }
            });
        }
    }

    private ScrubResult scrub(ReplicatedStore store) {
        Path copy = folder.resolve(store.definition().group().toString());
        Pace pace = new Pace(BYTES_PER_SECOND);
        try {
            Folders.delete(copy);
            store.replica().read(open -> open.checkpoint(copy));
            try (StoreCopy opened = StoreCopy.open(copy, store.tag(), resources)) {
                Optional<String> damage = opened.damage(pace);
                return result(
                        store,
                        damage.isEmpty() ? ScrubResult.State.SOUND : ScrubResult.State.DAMAGED,
                        pace.read(),
                        opened.applied(),
                        damage.orElse(null));
            }
        } catch (RuntimeException e) {
            ScrubResult.State state = isDamage(e) ? ScrubResult.State.DAMAGED : ScrubResult.State.FAILED;
            return result(store, state, pace.read(), null, String.valueOf(e.getMessage()));
        } finally {
            Folders.delete(copy);
        }
    }

    /** A checkpoint fails too where a compaction met the damage first: RocksDB then writes no more. */
    private static boolean isDamage(RuntimeException failure) {
        return (failure instanceof StoreFailure found && found.isDamage())
                || (failure instanceof RookeryException known && known.code() == ErrorCode.CORRUPT);
    }

    private ScrubResult result(
            ReplicatedStore store, ScrubResult.State state, long bytes, StateHash hash, String message) {
        return new ScrubResult(
                node.tag(),
                store.definition().database(),
                store.definition().shard(),
                state,
                System.currentTimeMillis(),
                bytes,
                hash == null ? 0 : hash.index(),
                hash == null ? null : hash.toString(),
                message);
    }

    private void tell(ScrubResult found) {
        if (found.state() == ScrubResult.State.DAMAGED) {
            LOG.error(
                    "The replica of {}/{} on node {} is damaged: {}. Mend it from the others: rookery repair"
                            + " --database {} --shard {} --node {}",
                    found.database(),
                    found.shard(),
                    found.node(),
                    found.message(),
                    found.database(),
                    found.shard(),
                    found.node());
        } else {
            LOG.info("Scrub of {}/{}: {} {}", found.database(), found.shard(), found.state(), found.message());
        }
    }

    @Override
    public void close() {
        executor.shutdownNow();
        try {
            executor.awaitTermination(30, TimeUnit.SECONDS); // its store must be closed before what it shares
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
