package io.rookery.bench;

import io.rookery.api.FeedPage;
import io.rookery.api.FeedRequest;
import io.rookery.api.Json;
import io.rookery.cluster.ReplicatedStore;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** How fast the change feed of 1 KB documents is read in the process, in pages as tasks read it: no reference, no target. */
final class FeedMeasure implements Measure {
    private static final int PAGE = 1_000;
    private static final long PAGE_BYTES = 8 << 20;

    @Override
    public String name() {
        return "feed";
    }

    @Override
    public List<Result> run(Session session) throws Exception {
        Path folder = session.folder("feed");
        try (Nodes nodes = Nodes.start(folder, 1)) {
            ReplicatedStore store = nodes.database("bench");
            fill(store, session.pace().documents());
            var found = new Duel()
                    .side("all", Lap.laps(() -> lap(store, null)))
                    .side("one collection", Lap.laps(() -> lap(store, Payload.COLLECTION)))
                    .run(session);
            return List.of(
                    Result.of("feed", found.get("all"), "docs/s"),
                    Result.of("feed-of-a-collection", found.get("one collection"), "docs/s"));
        }
    }

    static void fill(ReplicatedStore store, int documents) throws Exception {
        Payload payload = new Payload();
        List<CompletableFuture<?>> waiting = new ArrayList<>();
        for (int i = 0; i < documents; i += PAGE) {
            waiting.add(store.commit(payload.transaction(Math.min(PAGE, documents - i))));
            if (waiting.size() == 4) {
                waiting.remove(0).get(60, TimeUnit.SECONDS);
            }
        }
        for (CompletableFuture<?> one : waiting) {
            one.get(60, TimeUnit.SECONDS);
        }
    }

    private static Lap.Done lap(ReplicatedStore store, String collection) {
        long start = System.nanoTime();
        long changes = 0;
        FeedPage page = store.read(new FeedRequest(0, PAGE, PAGE_BYTES, collection, false));
        while (page.last() < page.head()) {
            changes += count(page);
            page = store.read(new FeedRequest(page.last(), PAGE, PAGE_BYTES, collection, false));
        }
        return new Lap.Done(changes + count(page), System.nanoTime() - start);
    }

    private static int count(FeedPage page) {
        int count = 0;
        for (var change : page.changes()) {
            Json body = change.document();
            count += body != null && body.size() > 0 ? 1 : 0;
        }
        return count;
    }
}
