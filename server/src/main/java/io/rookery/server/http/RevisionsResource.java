package io.rookery.server.http;

import io.rookery.api.ChangeVector;
import io.rookery.api.Document;
import io.rookery.api.DocumentId;
import io.rookery.api.ErrorCode;
import io.rookery.api.RookeryException;
import io.rookery.cluster.ReplicatedStore;
import io.rookery.store.Revision;
import io.rookery.store.RevisionReads;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * {@code GET /databases/{db}/revisions}: versions of a document that are kept, by id the newest first, by change vector,
 * or as of a time. A document is reverted by a put of what an old one says.
 */
final class RevisionsResource {
    private static final int MAX_VECTORS = 1_024;
    private static final String BEFORE = "before";

    private final Shards shards;

    RevisionsResource(Shards shards) {
        this.shards = shards;
    }

    void addTo(Routes routes) {
        routes.add("GET", "/databases/{db}/revisions", Routes.Pool.DATA, this::get);
        routes.add("GET", "/databases/{db}/revisions/count", Routes.Pool.DATA, this::count);
    }

    private CompletableFuture<Reply> get(Ask ask) {
        List<String> vectors = ask.queries("changeVector");
        if (vectors.isEmpty()) {
            String id = new DocumentId(ask.required("id")).value();
            ReplicatedStore shard = shards.here(ask, id);
            int start = (int) ask.number("start", 0, 0, 1_000_000);
            int size = (int) ask.number("pageSize", 25, 1, 4_096);
            long time = Iso8601.millis(BEFORE, ask.query(BEFORE).orElse(null));
            return shards.readable(ask, shard)
                    .thenApply(ready -> time == 0 ? page(shard, id, start, size) : asOf(shard, id, time));
        }
        if (vectors.size() > MAX_VECTORS) {
            throw new RookeryException(
                    ErrorCode.BAD_REQUEST,
                    "Expected at most " + MAX_VECTORS + " change vectors but found " + vectors.size());
        }
        List<ChangeVector> wanted = vectors.stream().map(ChangeVector::parse).toList();
        Map<ChangeVector, List<ReplicatedStore>> places = new HashMap<>();
        wanted.forEach(vector -> places.put(vector, shards.of(ask, vector)));
        return CompletableFuture.allOf(places.values().stream()
                        .flatMap(List::stream)
                        .distinct()
                        .map(shard -> shards.readable(ask, shard))
                        .toArray(CompletableFuture[]::new))
                .thenApply(ready -> byVectors(places, wanted));
    }

    private static Reply page(ReplicatedStore shard, String id, int start, int size) {
        List<Object> results = new ArrayList<>();
        shard.revisions(id, revisions -> revisions.page(start, size)).forEach(found -> results.add(json(found)));
        return Reply.json(results(results, shard.revisions(id, RevisionReads::count)));
    }

    private static Reply asOf(ReplicatedStore shard, String id, long time) {
        List<Object> results = new ArrayList<>();
        shard.revisions(id, revisions -> revisions.asOf(time)).ifPresent(found -> results.add(json(found)));
        return Reply.json(results(results, results.size()));
    }

    private static Reply byVectors(Map<ChangeVector, List<ReplicatedStore>> places, List<ChangeVector> wanted) {
        List<Object> results = new ArrayList<>();
        for (ChangeVector vector : wanted) {
            Optional<Revision> found = places.get(vector).stream()
                    .flatMap(shard -> revision(shard, vector).stream())
                    .findFirst();
            results.add(found.map(RevisionsResource::json).orElse(null));
        }
        boolean isMissing = wanted.size() == 1 && results.get(0) == null;
        Reply reply = Reply.json(isMissing ? 404 : 200, results(results, results.size()));
        return wanted.size() == 1 ? reply.header("ETag", '"' + wanted.get(0).toString() + '"') : reply;
    }

    private static Optional<Revision> revision(ReplicatedStore shard, ChangeVector vector) {
        return shard.splits().vector(vector.sequence()).equals(vector)
                ? shard.revision(vector.sequence()).filter(revision -> shard.splits()
                        .owns(revision.document().id()))
                : Optional.empty();
    }

    private static Map<String, Object> results(List<Object> results, long total) {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("Results", results);
        body.put("TotalResults", total);
        return body;
    }

    private static Map<String, Object> json(Revision revision) {
        Document document = revision.document();
        Map<String, Object> json = new LinkedHashMap<>(document.body().asObject());
        Map<String, Object> metadata = DocumentBody.metadata(document);
        if (json.get("@metadata") instanceof Map<?, ?> own) {
            own.forEach((key, value) -> metadata.put((String) key, value));
        }
        metadata.put("@flags", revision.deleted() ? "HasRevisions, DeleteRevision" : "HasRevisions, Revision");
        json.put("@metadata", metadata);
        return json;
    }

    private CompletableFuture<Reply> count(Ask ask) {
        String id = new DocumentId(ask.required("id")).value();
        ReplicatedStore shard = shards.here(ask, id);
        return shards.readable(ask, shard)
                .thenApply(ready -> Reply.json(Map.of("RevisionsCount", shard.revisions(id, RevisionReads::count))));
    }
}
