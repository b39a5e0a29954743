package io.rookery.bench.faults;

import io.rookery.api.Json;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;

/** Puts many documents in batches; each batch is sent again until it is acknowledged. */
final class Bulk {
    static final String PREFIX = "bulk/";

    private static final int BATCH = 500;
    private static final int CLIENTS = 4;
    private static final int BYTES = 300;
    /** In base 64. */
    static final int DOCUMENT_BYTES = BYTES * 4 / 3;

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final List<Member> nodes;
    private final String database;
    private final long count;
    private final AtomicLong next = new AtomicLong();
    private final AtomicLong acknowledged = new AtomicLong();

    Bulk(List<Member> nodes, String database, long count) {
        this.nodes = nodes;
        this.database = database;
        this.count = count;
    }

    static String id(long number) {
        return PREFIX + String.format(Locale.ROOT, "%07d", number);
    }

    long acknowledged() {
        return acknowledged.get();
    }

    /** Returns what was done. */
    String write() {
        long since = System.nanoTime();
        ExecutorService clients = Executors.newFixedThreadPool(CLIENTS);
        try {
            List<CompletableFuture<Void>> all = new ArrayList<>();
            for (int i = 0; i < CLIENTS; i++) {
                int client = i;
                all.add(CompletableFuture.runAsync(() -> batches(client), clients));
            }
            all.forEach(CompletableFuture::join);
        } finally {
            clients.shutdownNow();
        }
        double seconds = (System.nanoTime() - since) / 1e9;
        return String.format(
                Locale.ROOT,
                "%d documents of %d bytes were written in batches of %d in %.0f s",
                acknowledged(),
                DOCUMENT_BYTES,
                BATCH,
                seconds);
    }

    private void batches(int client) {
        Random random = new Random(client);
        for (long from = next.getAndAdd(BATCH); from < count; from = next.getAndAdd(BATCH)) {
            long first = from;
            int size = (int) Math.min(BATCH, count - first);
            Door.Ask ask = new Door.Ask(
                    "POST",
                    "/databases/" + database + "/bulk_docs",
                    body(first, size, random),
                    Map.of("Idempotency-Key", database + '-' + first));
            Cluster.await(
                    "the batch from document " + first + " on was taken", () -> nodes.get(random.nextInt(nodes.size()))
                            .door(PATIENCE)
                            .send(ask)
                            .isDone());
            acknowledged.addAndGet(size);
        }
    }

    /** What cannot be compressed: a snapshot of it is as big as it looks. */
    private static String body(long first, int size, Random random) {
        List<Object> commands = new ArrayList<>();
        byte[] noise = new byte[BYTES];
        for (long number = first; number < first + size; number++) {
            random.nextBytes(noise);
            commands.add(Map.of(
                    "Type",
                    "PUT",
                    "Id",
                    id(number),
                    "Document",
                    Map.of("pad", Base64.getEncoder().encodeToString(noise))));
        }
        return Json.of(Map.of("Commands", commands)).toString();
    }
}
