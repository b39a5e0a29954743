package io.rookery.server.http;

import io.rookery.api.Document;
import io.rookery.api.ErrorCode;
import io.rookery.api.Json;
import io.rookery.api.RookeryException;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A document on its way in and out: {@code @metadata} is taken off a body that comes and put onto one that goes, without
 * parsing what is stored. Metadata that is the client's own stays in the stored body.
 *
 * @param collection named by the metadata; {@code @empty} when it names none
 */
record DocumentBody(String collection, Json body) {
    static final String NO_COLLECTION = "@empty";

    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSS'0000Z'").withZone(ZoneOffset.UTC);
    private static final byte[] METADATA = "\"@metadata\"".getBytes(StandardCharsets.UTF_8);

    /** @throws RookeryException BAD_JSON when it is no object, BAD_REQUEST when its metadata is malformed */
    static DocumentBody of(Json json) {
        Map<String, Object> document = json.asObject();
        if (!document.containsKey("@metadata")) {
            return new DocumentBody(NO_COLLECTION, json);
        }
        if (!(document.get("@metadata") instanceof Map<?, ?> metadata)) {
            throw new RookeryException(
                    ErrorCode.BAD_REQUEST,
                    "Expected an object as @metadata but found " + Json.kind(document.get("@metadata")));
        }
        Object collection = metadata.get("@collection");
        if (collection != null && (!(collection instanceof String name) || name.isEmpty() || name.length() > 256)) {
            throw new RookeryException(
                    ErrorCode.BAD_REQUEST,
                    "Expected a text of 1 to 256 characters as @collection but found " + collection);
        }
        Map<String, Object> stored = new LinkedHashMap<>(document);
        Map<String, Object> own = new LinkedHashMap<>();
        metadata.forEach((key, value) -> {
            if (!((String) key).startsWith("@")) {
                own.put((String) key, value);
            }
        });
        stored.remove("@metadata");
        if (!own.isEmpty()) {
            stored.put("@metadata", own);
        }
        return new DocumentBody(collection == null ? NO_COLLECTION : (String) collection, Json.of(stored));
    }

    /** Writes the stored document with its metadata. */
    static void write(Document document, boolean metadataOnly, ByteArrayOutputStream out) {
        byte[] body = document.body().bytes();
        if (metadataOnly || contains(body, METADATA)) {
            writeMerged(document, metadataOnly, out);
            return;
        }
        int end = body.length - 1;
        while (body[end] != '}') {
            end--;
        }
        out.write(body, 0, end);
        if (!isEmptyObject(body, end)) {
            out.write(',');
        }
        out.writeBytes(METADATA);
        out.write(':');
        out.writeBytes(Json.of(metadata(document)).bytes());
        out.write('}');
    }

    private static boolean isEmptyObject(byte[] body, int end) {
        int at = end - 1;
        while (at >= 0 && body[at] <= ' ') {
            at--;
        }
        return body[at] == '{' && String.valueOf((char) body[at]).equals("{") && at == firstBrace(body);
    }

    private static int firstBrace(byte[] body) {
        int at = 0;
        while (body[at] != '{') {
            at++;
        }
        return at;
    }

    private static void writeMerged(Document document, boolean metadataOnly, ByteArrayOutputStream out) {
        Map<String, Object> merged =
                new LinkedHashMap<>(metadataOnly ? Map.of() : document.body().asObject());
        Map<String, Object> metadata = metadata(document);
        if (document.body().asObject().get("@metadata") instanceof Map<?, ?> own) {
            own.forEach((key, value) -> metadata.put((String) key, value));
        }
        merged.put("@metadata", metadata);
        out.writeBytes(Json.of(merged).bytes());
    }

    static Map<String, Object> metadata(Document document) {
        Map<String, Object> metadata = new LinkedHashMap<>();
        metadata.put("@id", document.id());
        metadata.put("@collection", document.collection());
        metadata.put("@change-vector", document.changeVector().toString());
        metadata.put("@last-modified", time(document.lastModified()));
        return metadata;
    }

    /** As RavenDB writes times: seven digits behind the second. */
    static String time(long millis) {
        return TIME.format(Instant.ofEpochMilli(millis));
    }

    private static boolean contains(byte[] body, byte[] wanted) {
        for (int i = 0; i <= body.length - wanted.length; i++) {
            if (body[i] == '"'
                    && body[i + 1] == '@'
                    && java.util.Arrays.equals(body, i, i + wanted.length, wanted, 0, wanted.length)) {
                return true;
            }
        }
        return false;
    }
}
