package io.rookery.server.http;

import io.rookery.api.Document;
import io.rookery.api.Due;
import io.rookery.api.ErrorCode;
import io.rookery.api.Json;
import io.rookery.api.RookeryException;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A document on its way in and out: {@code @metadata} is taken off a body that comes and put onto one that goes, without
 * parsing what is stored. Metadata that is the client's own stays in the stored body.
 *
 * @param collection named by the metadata; {@code @empty} when it names none
 * @param due what the metadata says with {@code @expires} and {@code @refresh}
 */
record DocumentBody(String collection, Json body, Due due) {
    static final String NO_COLLECTION = "@empty";
    static final String EXPIRES = "@expires";
    static final String REFRESH = "@refresh";

    private static final byte[] METADATA = "\"@metadata\"".getBytes(StandardCharsets.UTF_8);

    /**
     * @param json valid, as {@link Json#checked} gives it; it is not parsed, but for its metadata
     * @throws RookeryException BAD_JSON when it is no object, BAD_REQUEST when its metadata is malformed
     */
    static DocumentBody of(Json json) {
        if (json.bytes()[firstOf(json.bytes())] != '{') {
            json.asObject(); // says what was found instead
        }
        OuterMember member = OuterMember.find(json.bytes(), "@metadata");
        if (member == null) {
            return new DocumentBody(NO_COLLECTION, json, Due.NEVER);
        }
        if (!(member.value().value() instanceof Map<?, ?> metadata)) {
            throw new RookeryException(
                    ErrorCode.BAD_REQUEST,
                    "Expected an object as @metadata but found "
                            + Json.kind(member.value().value()));
        }
        Object collection = metadata.get("@collection");
        if (collection != null && (!(collection instanceof String name) || name.isEmpty() || name.length() > 256)) {
            throw new RookeryException(
                    ErrorCode.BAD_REQUEST,
                    "Expected a text of 1 to 256 characters as @collection but found " + collection);
        }
        Map<String, Object> own = new LinkedHashMap<>();
        metadata.forEach((key, value) -> {
            if (!((String) key).startsWith("@")) {
                own.put((String) key, value);
            }
        });
        Due due =
                new Due(Iso8601.millis(EXPIRES, metadata.get(EXPIRES)), Iso8601.millis(REFRESH, metadata.get(REFRESH)));
        return new DocumentBody(
                collection == null ? NO_COLLECTION : (String) collection, stored(member.rest(), own), due);
    }

    private static Json stored(byte[] rest, Map<String, Object> own) {
        if (own.isEmpty()) {
            return Json.trusted(rest);
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream(rest.length + 256);
        writeOpen(rest, out);
        out.writeBytes(Json.of(own).bytes());
        out.write('}');
        return Json.trusted(out.toByteArray());
    }

    /** Writes the stored document with its metadata. */
    static void write(Document document, boolean metadataOnly, ByteArrayOutputStream out) {
        byte[] body = document.body().bytes();
        if (metadataOnly || contains(body, METADATA)) {
            writeMerged(document, metadataOnly, out);
            return;
        }
        writeOpen(body, out);
        writeMetadata(document, out);
        out.write('}');
    }

    /** An object but for its last brace, and the name of its metadata behind it. */
    private static void writeOpen(byte[] object, ByteArrayOutputStream out) {
        int end = object.length - 1;
        while (object[end] != '}') {
            end--;
        }
        out.write(object, 0, end);
        int last = end - 1;
        while (object[last] <= ' ' && object[last] >= 0) {
            last--;
        }
        if (last != firstOf(object)) { // there is something between the braces
            out.write(',');
        }
        out.writeBytes(METADATA);
        out.write(':');
    }

    private static int firstOf(byte[] json) {
        int at = 0;
        while (json[at] <= ' ' && json[at] >= 0) {
            at++;
        }
        return at;
    }

    /** As JSON of {@link #metadata}, without making the map: this is most of what a read costs. */
    private static void writeMetadata(Document document, ByteArrayOutputStream out) {
        writeAscii("{\"@id\":", out);
        writeText(document.id(), out);
        writeAscii(",\"@collection\":", out);
        writeText(document.collection(), out);
        writeAscii(",\"@change-vector\":", out);
        writeText(document.changeVector().toString(), out);
        writeAscii(",\"@last-modified\":\"", out);
        writeAscii(time(document.lastModified()), out);
        out.write('"');
        writeDue(EXPIRES, document.due().expires(), out);
        writeDue(REFRESH, document.due().refresh(), out);
        out.write('}');
    }

    private static void writeDue(String name, long time, ByteArrayOutputStream out) {
        if (time != 0) {
            writeAscii(",\"" + name + "\":\"" + time(time) + '"', out);
        }
    }

    private static void writeText(String text, ByteArrayOutputStream out) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < ' ' || c > '~' || c == '"' || c == '\\') {
                out.writeBytes(Json.of(text).bytes());
                return;
            }
        }
        out.write('"');
        writeAscii(text, out);
        out.write('"');
    }

    private static void writeAscii(String text, ByteArrayOutputStream out) {
        out.writeBytes(text.getBytes(StandardCharsets.ISO_8859_1));
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
        if (document.due().expires() != 0) {
            metadata.put(EXPIRES, time(document.due().expires()));
        }
        if (document.due().refresh() != 0) {
            metadata.put(REFRESH, time(document.due().refresh()));
        }
        return metadata;
    }

    /** As RavenDB writes times: seven digits behind the second, of which we have three. */
    static String time(long millis) {
        LocalDateTime time = LocalDateTime.ofEpochSecond(
                Math.floorDiv(millis, 1_000L), (int) Math.floorMod(millis, 1_000L) * 1_000_000, ZoneOffset.UTC);
        byte[] text = "0000-00-00T00:00:00.0000000Z".getBytes(StandardCharsets.ISO_8859_1);
        digits(text, 4, time.getYear());
        digits(text, 7, time.getMonthValue());
        digits(text, 10, time.getDayOfMonth());
        digits(text, 13, time.getHour());
        digits(text, 16, time.getMinute());
        digits(text, 19, time.getSecond());
        digits(text, 23, time.getNano() / 1_000_000);
        return new String(text, StandardCharsets.ISO_8859_1);
    }

    /** Written from the last digit on, which is before {@code end}, over zeros. */
    private static void digits(byte[] text, int end, int number) {
        int at = end;
        for (int rest = number; rest > 0; rest /= 10) {
            text[--at] = (byte) ('0' + rest % 10);
        }
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
