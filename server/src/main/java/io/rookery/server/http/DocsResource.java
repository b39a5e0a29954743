package io.rookery.server.http;

import io.rookery.api.ChangeVector;
import io.rookery.api.CommitResult;
import io.rookery.api.Document;
import io.rookery.api.DocumentId;
import io.rookery.api.ErrorCode;
import io.rookery.api.Json;
import io.rookery.api.Limits;
import io.rookery.api.RookeryException;
import io.rookery.api.Transaction;
import io.rookery.api.Write;
import io.rookery.cluster.ShardAccess;
import io.rookery.cluster.ShardAnswer;
import io.rookery.cluster.ShardQuestion;
import io.rookery.cluster.ShardedDatabase;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** {@code /databases/{db}/docs}: read by id or prefix, put, delete. Ids and times are made here, at the edge. */
final class DocsResource {
    private static final int MAX_IDS = 1_024;
    private static final byte[] RESULTS = "{\"Results\":[".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] NOTHING = "null".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] END = "],\"Includes\":{}}".getBytes(StandardCharsets.US_ASCII);

    private final Shards shards;
    private final Clock clock;

    DocsResource(Shards shards, Clock clock) {
        this.shards = shards;
        this.clock = clock;
    }

    void addTo(Routes routes) {
        String path = "/databases/{db}/docs";
        routes.add("GET", path, Routes.Pool.DATA, this::get);
        routes.add("HEAD", path, Routes.Pool.DATA, this::get);
        routes.add("POST", path, Routes.Pool.DATA, this::getPosted);
        routes.add("PUT", path, Routes.Pool.DATA, this::put);
        routes.add("DELETE", path, Routes.Pool.DATA, this::delete);
    }

    private CompletableFuture<Reply> get(Ask ask) {
        ShardedDatabase database = shards.of(ask);
        if (ask.query("startsWith").isPresent() || ask.queries("id").isEmpty()) {
            return page(ask, database);
        }
        return byIds(ask, database, ask.queries("id"));
    }

    /** Ids in the body, for those who have many. */
    private CompletableFuture<Reply> getPosted(Ask ask) {
        if (!(ask.json().asObject().get("Ids") instanceof List<?> ids)
                || !ids.stream().allMatch(String.class::isInstance)) {
            throw new RookeryException(ErrorCode.BAD_REQUEST, "Expected {\"Ids\": [\"…\"]}");
        }
        return byIds(ask, shards.of(ask), ids.stream().map(String.class::cast).toList());
    }

    private static CompletableFuture<Reply> byIds(Ask ask, ShardedDatabase database, List<String> ids) {
        if (ids.size() > MAX_IDS) {
            throw new RookeryException(
                    ErrorCode.BAD_REQUEST, "Expected at most " + MAX_IDS + " ids but found " + ids.size());
        }
        ids.forEach(DocumentId::new);
        return database.documents(Shards.consistency(ask, database), ids).thenApply(found -> {
            Reply reply =
                    ids.size() == 1 ? single(ask, found.applied(), found.value().get(0)) : many(ask, found.value());
            return seen(reply, ask, database, found);
        });
    }

    private static Reply single(Ask ask, long applied, Optional<Document> found) {
        if (found.isEmpty()) {
            return applied(
                    Reply.json(404, Map.of("Results", java.util.Collections.singletonList(null), "Includes", Map.of())),
                    ask,
                    applied);
        }
        String etag = '"' + found.get().changeVector().toString() + '"';
        if (ask.header("If-None-Match").filter(etag::equals).isPresent()) {
            return Reply.status(304).header("ETag", etag);
        }
        return applied(many(ask, List.of(found)).header("ETag", etag), ask, applied);
    }

    /** A local read says how far this replica was. */
    private static Reply applied(Reply reply, Ask ask, long applied) {
        return ask.query("consistency").filter("local"::equals).isPresent()
                ? reply.header("Applied-Index", String.valueOf(applied))
                : reply;
    }

    /** A session's read says up to where it may have seen, so that the next one, on any node, is not older. */
    static Reply seen(Reply reply, Ask ask, ShardedDatabase database, ShardAnswer<?> answer) {
        return database.isOneShard()
                        && ask.query("consistency").filter("session"::equals).isPresent()
                ? reply.header("Raft-Index", String.valueOf(answer.readable()))
                : reply;
    }

    private static Reply many(Ask ask, List<Optional<Document>> found) {
        boolean metadataOnly = ask.flag("metadataOnly");
        ByteArrayOutputStream out = new ByteArrayOutputStream(room(found));
        out.writeBytes(RESULTS);
        for (int i = 0; i < found.size(); i++) {
            if (i > 0) {
                out.write(',');
            }
            if (found.get(i).isEmpty()) {
                out.writeBytes(NOTHING);
            } else {
                DocumentBody.write(found.get(i).get(), metadataOnly, out);
            }
        }
        out.writeBytes(END);
        return Reply.raw(200, out.toByteArray());
    }

    /** Bodies with their metadata, so that the answer rarely grows while it is written. */
    private static int room(List<Optional<Document>> found) {
        long bytes = 64;
        for (Optional<Document> document : found) {
            bytes += 256 + document.map(known -> known.body().size()).orElse(0);
        }
        return (int) Math.min(bytes, Limits.DOCUMENT_BYTES);
    }

    private static CompletableFuture<Reply> page(Ask ask, ShardedDatabase database) {
        int size = (int) ask.number("pageSize", 25, 1, 4_096);
        int start = (int) ask.number("start", 0, 0, 100_000);
        ShardQuestion.DocumentsFrom question = new ShardQuestion.DocumentsFrom(
                ask.query("startsWith").orElse(""),
                ask.query("startAfter").filter(after -> !after.isEmpty()).orElse(null),
                start + size);
        return database.documentsFrom(Shards.consistency(ask, database), question)
                .thenApply(found -> {
                    List<Optional<Document>> page = new ArrayList<>();
                    found.value().stream().skip(start).forEach(document -> page.add(Optional.of(document)));
                    return seen(many(ask, page), ask, database, found);
                });
    }

    private CompletableFuture<Reply> put(Ask ask) {
        ShardedDatabase database = shards.of(ask);
        String id = new DocumentId(ask.required("id")).value();
        DocumentBody body = DocumentBody.of(Json.checked(ask.body()));
        Write write = IdentityResource.put(
                new Write.PutDocument(id, body.collection(), body.body(), expected(ask), body.due()));
        if (write instanceof Write.PutNumbered put && !database.isOneShard()) {
            return new NumberedPut(database, put, idempotencyKey(ask), clock)
                    .store()
                    .thenApply(stored -> stored(stored.id(), stored.result()));
        }
        return commit(ask, database.of(id), write).thenApply(result -> stored(id(write, result, 0), result));
    }

    private static Reply stored(String id, CommitResult result) {
        Map<String, Object> stored = new LinkedHashMap<>();
        stored.put("Id", id);
        stored.put("ChangeVector", result.changeVectors().get(0).toString());
        return committed(Reply.json(201, stored), result)
                .header("ETag", '"' + result.changeVectors().get(0).toString() + '"');
    }

    private CompletableFuture<Reply> delete(Ask ask) {
        String id = new DocumentId(ask.required("id")).value();
        return commit(ask, shards.of(ask, id), new Write.DeleteDocument(id, expected(ask)))
                .thenApply(result -> committed(Reply.status(204), result));
    }

    private CompletableFuture<CommitResult> commit(Ask ask, ShardAccess shard, Write write) {
        return shard.commit(new Transaction(List.of(), List.of(write), idempotencyKey(ask), null, clock.millis()))
                .thenApply(result -> requireWrites(result, 1));
    }

    /** The id under which a put was stored: where apply numbers it, known only now. */
    static String id(Write write, CommitResult result, int place) {
        return write instanceof Write.PutNumbered put
                ? put.prefix() + requireNumber(result, place).number(place)
                : ((Write.PutDocument) write).id();
    }

    /** A repeated key is answered with its first request's result: it must be that of as many writes. */
    static CommitResult requireWrites(CommitResult result, int writes) {
        if (result.changeVectors().size() != writes) {
            throw otherRequest();
        }
        return result;
    }

    static CommitResult requireNumber(CommitResult result, int place) {
        if (result.number(place) == 0) {
            throw otherRequest();
        }
        return result;
    }

    private static RookeryException otherRequest() {
        return new RookeryException(
                ErrorCode.BAD_REQUEST,
                "Expected the request that the Idempotency-Key was first used with but found another one");
    }

    static Reply committed(Reply reply, CommitResult result) {
        Reply indexed = reply.header("Raft-Index", String.valueOf(result.index()));
        return result.repeated() ? indexed.header("Idempotency-Repeated", "true") : indexed;
    }

    static String idempotencyKey(Ask ask) {
        // RavenDB's clients name a request that they may repeat in the query
        String key = ask.header("Idempotency-Key")
                .or(() -> ask.query("raft-request-id"))
                .orElse(null);
        if (key != null && (key.isBlank() || key.length() > 256)) {
            throw new RookeryException(
                    ErrorCode.BAD_REQUEST,
                    "Expected an Idempotency-Key of 1 to 256 characters but found " + key.length());
        }
        return key;
    }

    /** {@code If-Match: "A:7"}, {@code If-None-Match: *} for a document that must not exist, or nothing. */
    private static ChangeVector expected(Ask ask) {
        if (ask.header("If-None-Match").filter("*"::equals).isPresent()) {
            return ChangeVector.NONE;
        }
        return ask.header("If-Match")
                .map(text -> text.startsWith("\"") && text.endsWith("\"") && text.length() > 1
                        ? text.substring(1, text.length() - 1)
                        : text)
                .map(ChangeVector::parse)
                .orElse(null);
    }
}
