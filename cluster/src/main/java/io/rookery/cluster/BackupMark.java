package io.rookery.cluster;

import io.rookery.api.Document;
import io.rookery.api.Json;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

/**
 * What the newest backup of a database has of its shards. The feed's versions behind it stay for a day, so that an incremental
 * backup in that time has every one of them. Kept in the system shard.
 *
 * @param taken in milliseconds since the epoch
 * @param places last sequence number of each shard, by its group
 */
public record BackupMark(long taken, Map<UUID, Long> places) {
    static final String BACKUPS = "backups/";
    private static final long KEPT_MILLIS = TimeUnit.HOURS.toMillis(24);

    public BackupMark {
        places = Map.copyOf(places);
    }

    static BackupMark of(Document document) {
        Map<String, Object> body = document.body().asObject();
        Map<UUID, Long> places = new HashMap<>();
        SettingsJson.object(body.get("places"))
                .forEach((group, place) -> places.put(UUID.fromString(group), (Long) place));
        return new BackupMark((Long) body.get("taken"), places);
    }

    Json json() {
        Map<String, Object> json = new LinkedHashMap<>();
        places.forEach((group, place) -> json.put(group.toString(), place));
        return Json.of(Map.of("taken", taken, "places", json));
    }

    /** Behind which versions stay; beyond all of them where none do. */
    public long holds(UUID group, long now) {
        return now - taken > KEPT_MILLIS ? Long.MAX_VALUE : places.getOrDefault(group, Long.MAX_VALUE);
    }
}
