package io.rookery.server.http;

import io.rookery.api.ChangeVector;
import io.rookery.api.CommitResult;
import io.rookery.api.DocumentId;
import io.rookery.api.ErrorCode;
import io.rookery.api.Json;
import io.rookery.api.Read;
import io.rookery.api.RookeryException;
import io.rookery.api.Transaction;
import io.rookery.api.Write;
import io.rookery.cluster.ReplicatedStore;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/**
 * {@code POST /databases/{db}/bulk_docs}: a transaction. {@code {"Commands": [{"Type": "PUT"|"DELETE", "Id",
 * "ChangeVector", "Document"}], "Reads": [{"Id", "ChangeVector"}]}}; an empty ChangeVector stands for an absent document.
 */
final class BulkDocsResource {
    private static final int MAX_COMMANDS = 10_000;
    private static final Set<String> RAVEN_COMMANDS = Set.of(
            "PATCH",
            "BatchPATCH",
            "AttachmentPUT",
            "AttachmentDELETE",
            "AttachmentMOVE",
            "AttachmentCOPY",
            "Counters",
            "TimeSeries",
            "TimeSeriesCopy",
            "CompareExchangePUT",
            "CompareExchangeDELETE",
            "ForceRevisionCreation",
            "JsonPatch");

    private final Shards shards;
    private final Clock clock;

    BulkDocsResource(Shards shards, Clock clock) {
        this.shards = shards;
        this.clock = clock;
    }

    void addTo(Routes routes) {
        routes.add("POST", "/databases/{db}/bulk_docs", Routes.Pool.DATA, this::post);
    }

    private CompletableFuture<Reply> post(Ask ask) {
        ReplicatedStore shard = shards.of(ask);
        Map<String, Object> body = Json.parseKeeping("Document", ask.body());
        List<Write> writes = new ArrayList<>();
        for (Map<String, Object> command : objects(body, "Commands")) {
            writes.add(write(command));
        }
        List<Read> reads = new ArrayList<>();
        for (Map<String, Object> read : objects(body, "Reads")) {
            reads.add(new Read(id(read), changeVector(read, ChangeVector.NONE)));
        }
        long now = clock.millis();
        return shard.commit(new Transaction(reads, writes, DocsResource.idempotencyKey(ask), null, now))
                .thenApply(result -> DocsResource.committed(Reply.json(201, results(writes, result, now)), result));
    }

    private static List<Map<String, Object>> objects(Map<String, Object> body, String name) {
        Object value = body.get(name);
        if (value == null) {
            return List.of();
        }
        if (!(value instanceof List<?> list)) {
            throw new RookeryException(
                    ErrorCode.BAD_REQUEST, "Expected an array as " + name + " but found " + Json.kind(value));
        }
        if (list.size() > MAX_COMMANDS) {
            throw new RookeryException(
                    ErrorCode.BAD_REQUEST,
                    "Expected at most " + MAX_COMMANDS + " " + name + " but found " + list.size());
        }
        List<Map<String, Object>> objects = new ArrayList<>();
        for (Object item : list) {
            objects.add(object(name, item));
        }
        return objects;
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> object(String name, Object item) {
        if (item instanceof Map) {
            return (Map<String, Object>) item;
        }
        throw new RookeryException(
                ErrorCode.BAD_REQUEST, "Expected an object in " + name + " but found " + Json.kind(item));
    }

    private static Write write(Map<String, Object> command) {
        Object type = command.get("Type");
        if ("PUT".equals(type)) {
            if (!(command.get("Document") instanceof Json document)) {
                throw new RookeryException(
                        ErrorCode.BAD_REQUEST,
                        "Expected an object as Document but found " + Json.kind(command.get("Document")));
            }
            DocumentBody body = DocumentBody.of(document);
            return new Write.PutDocument(id(command), body.collection(), body.body(), changeVector(command, null));
        }
        if ("DELETE".equals(type)) {
            return new Write.DeleteDocument(id(command), changeVector(command, null));
        }
        if (type instanceof String other && RAVEN_COMMANDS.contains(other)) {
            throw new RookeryException(ErrorCode.NOT_SUPPORTED, "This version does not have the command " + other);
        }
        throw new RookeryException(ErrorCode.BAD_REQUEST, "Expected PUT or DELETE as Type but found " + type);
    }

    private static String id(Map<String, Object> object) {
        if (object.get("Id") instanceof String id) {
            return new DocumentId(id).value();
        }
        throw new RookeryException(ErrorCode.BAD_ID, "Expected a text as Id but found " + Json.kind(object.get("Id")));
    }

    private static ChangeVector changeVector(Map<String, Object> object, ChangeVector otherwise) {
        Object value = object.get("ChangeVector");
        if (value == null) {
            return otherwise;
        }
        if (value instanceof String text) {
            return ChangeVector.parse(text);
        }
        throw new RookeryException(
                ErrorCode.BAD_REQUEST, "Expected a text as ChangeVector but found " + Json.kind(value));
    }

    private static Map<String, Object> results(List<Write> writes, CommitResult committed, long now) {
        String time = DocumentBody.time(now);
        List<Object> results = new ArrayList<>();
        for (int i = 0; i < writes.size(); i++) {
            String vector = committed.changeVectors().get(i).toString();
            Map<String, Object> result = new LinkedHashMap<>();
            if (writes.get(i) instanceof Write.PutDocument put) {
                result.put("Type", "PUT");
                result.put("@id", put.id());
                result.put("@collection", put.collection());
                result.put("@change-vector", vector);
                result.put("@last-modified", time);
            } else if (writes.get(i) instanceof Write.DeleteDocument delete) {
                result.put("Type", "DELETE");
                result.put("Id", delete.id());
                result.put("Deleted", !vector.isEmpty());
                result.put("ChangeVector", vector);
            }
            results.add(result);
        }
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("Results", results);
        body.put("TransactionIndex", committed.index());
        return body;
    }
}
