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
import io.rookery.cluster.ClusterNode;
import io.rookery.cluster.ShardAccess;
import io.rookery.cluster.ShardedDatabase;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/**
 * {@code POST /databases/{db}/bulk_docs}: a transaction. {@code {"Commands": [{"Type": "PUT"|"DELETE", "Id",
 * "ChangeVector", "Document"}, {"Type": "CompareExchangePUT"|"CompareExchangeDELETE", "Id", "Index", "Document"}],
 * "Reads": [{"Id", "ChangeVector"}]}}; an empty ChangeVector stands for an absent document.
 */
final class BulkDocsResource {
    private static final int MAX_COMMANDS = 10_000;
    private static final String PUT_EXCHANGE = "CompareExchangePUT";
    private static final String DELETE_EXCHANGE = "CompareExchangeDELETE";
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
            "ForceRevisionCreation",
            "JsonPatch");

    private final ClusterNode node;
    private final Shards shards;
    private final Clock clock;

    BulkDocsResource(ClusterNode node, Shards shards, Clock clock) {
        this.node = node;
        this.shards = shards;
        this.clock = clock;
    }

    void addTo(Routes routes) {
        routes.add("POST", "/databases/{db}/bulk_docs", Routes.Pool.DATA, this::post);
    }

    private CompletableFuture<Reply> post(Ask ask) {
        ShardedDatabase database = shards.of(ask);
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
        ShardAccess shard = shard(database, reads, writes);
        WriteAssurance assurance = WriteAssurance.of(ask, shard);
        CompletableFuture<CommitResult> committed =
                shard.commit(new Transaction(reads, writes, DocsResource.idempotencyKey(ask), null, now));
        if (assurance == null) {
            return committed.thenApply(
                    result -> DocsResource.committed(Reply.json(201, results(writes, result, now)), result));
        }
        return committed.thenCompose(result -> assurance
                .answer(node, shard, result, results(writes, result, now))
                .thenApply(reply -> DocsResource.committed(reply, result)));
    }

    private static ShardAccess shard(ShardedDatabase database, List<Read> reads, List<Write> writes) {
        if (database.isOneShard()) {
            return database.shard(0);
        }
        List<String> placed = new ArrayList<>();
        reads.forEach(read -> placed.add(read.id()));
        for (Write write : writes) {
            if (write instanceof Write.PutDocument put) {
                placed.add(put.id());
            } else if (write instanceof Write.DeleteDocument delete) {
                placed.add(delete.id());
            } else if (write instanceof Write.PutCompareExchange put) {
                placed.add(put.key());
            } else if (write instanceof Write.DeleteCompareExchange delete) {
                placed.add(delete.key());
            } else {
                throw new RookeryException(
                        ErrorCode.CROSS_SHARD,
                        "Expected ids that are known before the transaction but found one that an identity gives, whose"
                                + " shard is not; put that document by itself, or take the number first");
            }
        }
        return Shards.one(database, placed);
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
            DocumentBody body = DocumentBody.of(document(command));
            return IdentityResource.put(new Write.PutDocument(
                    id(command), body.collection(), body.body(), changeVector(command, null), body.due()));
        }
        if ("DELETE".equals(type)) {
            return new Write.DeleteDocument(id(command), changeVector(command, null));
        }
        if (PUT_EXCHANGE.equals(type)) {
            Json value = CompareExchangeResource.value(document(command));
            return new Write.PutCompareExchange(
                    key(command), value, index(command), CompareExchangeResource.expires(value));
        }
        if (DELETE_EXCHANGE.equals(type)) {
            return new Write.DeleteCompareExchange(key(command), index(command));
        }
        if (type instanceof String other && RAVEN_COMMANDS.contains(other)) {
            throw new RookeryException(ErrorCode.NOT_SUPPORTED, "This version does not have the command " + other);
        }
        throw new RookeryException(ErrorCode.BAD_REQUEST, "Expected PUT or DELETE as Type but found " + type);
    }

    private static Json document(Map<String, Object> command) {
        if (command.get("Document") instanceof Json document) {
            return document;
        }
        throw new RookeryException(
                ErrorCode.BAD_REQUEST,
                "Expected an object as Document but found " + Json.kind(command.get("Document")));
    }

    private static String key(Map<String, Object> command) {
        if (command.get("Id") instanceof String key) {
            return CompareExchangeResource.key(key);
        }
        throw new RookeryException(
                ErrorCode.BAD_REQUEST, "Expected the key as text in Id but found " + Json.kind(command.get("Id")));
    }

    private static long index(Map<String, Object> command) {
        if (command.get("Index") instanceof Long index && index >= 0) {
            return index;
        }
        throw new RookeryException(
                ErrorCode.BAD_REQUEST, "Expected a number from 0 as Index but found " + command.get("Index"));
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

    private static void put(Map<String, Object> result, String id, String collection, String vector, String time) {
        result.put("Type", "PUT");
        result.put("@id", id);
        result.put("@collection", collection);
        result.put("@change-vector", vector);
        result.put("@last-modified", time);
    }

    private static void exchange(Map<String, Object> result, String type, String key, long index) {
        result.put("Type", type);
        result.put("Key", key);
        result.put("Index", index);
    }

    private static Map<String, Object> results(List<Write> writes, CommitResult committed, long now) {
        DocsResource.requireWrites(committed, writes.size());
        String time = DocumentBody.time(now);
        List<Object> results = new ArrayList<>();
        for (int i = 0; i < writes.size(); i++) {
            String vector = committed.changeVectors().get(i).toString();
            Map<String, Object> result = new LinkedHashMap<>();
            if (writes.get(i) instanceof Write.PutDocument put) {
                put(result, put.id(), put.collection(), vector, time);
            } else if (writes.get(i) instanceof Write.PutNumbered put) {
                put(result, DocsResource.id(put, committed, i), put.collection(), vector, time);
            } else if (writes.get(i) instanceof Write.PutCompareExchange put) {
                exchange(result, PUT_EXCHANGE, put.key(), committed.number(i));
            } else if (writes.get(i) instanceof Write.DeleteCompareExchange delete) {
                exchange(result, DELETE_EXCHANGE, delete.key(), committed.number(i));
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
