package io.rookery.server.backup;

import io.rookery.api.ErrorCode;
import io.rookery.api.Json;
import io.rookery.api.RookeryException;
import io.rookery.cluster.DatabaseSettings;
import io.rookery.store.RevisionPolicy;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a backup consists of. A backup without one is not finished.
 *
 * @param id also the name of its folder; ids of one database are ordered by time
 * @param previous the backup that this one goes on from; null for a full one
 * @param taken all that was acknowledged before is in it; milliseconds since the epoch
 * @param settings of the database
 */
record BackupManifest(
        String id,
        String database,
        String previous,
        long taken,
        DatabaseSettings settings,
        List<Shard> shards,
        List<Part> parts) {
    /** Of the files' lines and of this one; grows when an old reader would misunderstand. */
    static final int FORMAT = 2;
    /** Without settings and revisions. */
    private static final long FIRST_FORMAT = 1;

    /**
     * The stretch of a shard's feed that it covers.
     *
     * @param group id of the shard's Raft group: a database that was made again has another one
     * @param from the sequence number behind which it begins; 0 for a full one
     * @param to its last sequence number
     * @param everyVersionFrom from here on every version is there; before, only what was left at the window's start
     */
    record Shard(int number, String group, long from, long to, long everyVersionFrom) {
        /** Whether the state at a sequence number can be had from it. */
        boolean restores(long sequence) {
            return sequence == to || (sequence < to && sequence >= from && sequence >= everyVersionFrom - 1);
        }
    }

    /**
     * A file.
     *
     * @param last id, key or sequence number that it ends with
     * @param end whether it is its section's last file
     */
    record Part(
            String name,
            int shard,
            Section section,
            long bytes,
            String sha256,
            long records,
            String last,
            boolean end) {}

    /** What a file's lines are. */
    enum Section {
        REVISIONS,
        DOCUMENTS,
        CHANGES,
        ENTRIES,
        COMPARE_EXCHANGE,
        IDENTITIES
    }

    BackupManifest {
        shards = List.copyOf(shards);
        parts = List.copyOf(parts);
    }

    boolean isFull() {
        return previous == null;
    }

    /** Whether documents have former versions that their database keeps. */
    boolean keepsRevisions() {
        return !settings.revisions().equals(RevisionPolicy.NONE)
                || parts.stream().anyMatch(part -> part.section() == Section.REVISIONS && part.records() > 0);
    }

    Shard shard(int number) {
        return shards.stream()
                .filter(shard -> shard.number() == number)
                .findFirst()
                .orElseThrow(() -> new RookeryException(
                        ErrorCode.NOT_FOUND, "The backup " + id + " has no shard " + number + " of " + database));
    }

    List<Part> parts(int shard, Section section) {
        return parts.stream()
                .filter(part -> part.shard() == shard && part.section() == section)
                .toList();
    }

    BackupManifest with(List<Part> more) {
        return new BackupManifest(id, database, previous, taken, settings, shards, more);
    }

    BackupManifest with(Shard begun) {
        List<Shard> all = shards.stream()
                .map(one -> one.number() == begun.number() ? begun : one)
                .toList();
        return new BackupManifest(id, database, previous, taken, settings, all, parts);
    }

    Json json() {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("format", FORMAT);
        json.put("id", id);
        json.put("database", database);
        json.put("kind", isFull() ? "full" : "incremental");
        json.put("previous", previous);
        json.put("taken", taken);
        json.put("settings", settings.json().asObject());
        json.put("shards", shards.stream().map(BackupManifest::json).toList());
        json.put("files", parts.stream().map(BackupManifest::json).toList());
        return Json.of(json);
    }

    private static Map<String, Object> json(Shard shard) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("shard", shard.number());
        json.put("group", shard.group());
        json.put("from", shard.from());
        json.put("to", shard.to());
        json.put("everyVersionFrom", shard.everyVersionFrom());
        return json;
    }

    private static Map<String, Object> json(Part part) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("name", part.name());
        json.put("shard", part.shard());
        json.put("section", part.section().name());
        json.put("bytes", part.bytes());
        json.put("sha256", part.sha256());
        json.put("records", part.records());
        json.put("last", part.last());
        json.put("end", part.end());
        return json;
    }

    /** @throws RookeryException when it is of another format, or none */
    static BackupManifest of(Json json) {
        try {
            Map<String, Object> map = json.asObject();
            if (!(map.get("format") instanceof Long format) || format < FIRST_FORMAT || format > FORMAT) {
                throw new RookeryException(
                        ErrorCode.NOT_SUPPORTED,
                        "Expected a backup of format " + FIRST_FORMAT + " to " + FORMAT + " but found "
                                + map.get("format"));
            }
            return new BackupManifest(
                    (String) map.get("id"),
                    (String) map.get("database"),
                    (String) map.get("previous"),
                    (Long) map.get("taken"),
                    format == FIRST_FORMAT
                            ? DatabaseSettings.DEFAULT
                            : DatabaseSettings.of(Json.of(map.get("settings"))),
                    objects(map, "shards").stream().map(BackupManifest::shard).toList(),
                    objects(map, "files").stream().map(BackupManifest::part).toList());
        } catch (ClassCastException | NullPointerException | IllegalArgumentException e) {
            throw new RookeryException(ErrorCode.CORRUPT, "Expected a backup's manifest but it is malformed: " + e, e);
        }
    }

    @SuppressWarnings("unchecked")
    private static List<Map<String, Object>> objects(Map<String, Object> map, String name) {
        return (List<Map<String, Object>>) map.get(name);
    }

    private static Shard shard(Map<String, Object> map) {
        return new Shard(
                ((Long) map.get("shard")).intValue(),
                (String) map.get("group"),
                (Long) map.get("from"),
                (Long) map.get("to"),
                (Long) map.get("everyVersionFrom"));
    }

    private static Part part(Map<String, Object> map) {
        return new Part(
                (String) map.get("name"),
                ((Long) map.get("shard")).intValue(),
                Section.valueOf((String) map.get("section")),
                (Long) map.get("bytes"),
                (String) map.get("sha256"),
                (Long) map.get("records"),
                (String) map.get("last"),
                (Boolean) map.get("end"));
    }
}
