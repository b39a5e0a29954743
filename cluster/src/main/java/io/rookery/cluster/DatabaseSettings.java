package io.rookery.cluster;

import io.rookery.api.Document;
import io.rookery.api.Json;
import io.rookery.store.RevisionPolicy;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a database does with its documents by itself. Kept in the system shard; the leader of each of the database's
 * shards acts on it.
 *
 * @param expiration of documents with {@code @expires}
 * @param refresh of documents with {@code @refresh}
 */
public record DatabaseSettings(Schedule expiration, Schedule refresh, RevisionPolicy revisions) {
    /** As RavenDB's: nothing happens by itself until somebody asks for it. */
    public static final DatabaseSettings DEFAULT =
            new DatabaseSettings(Schedule.OFF, Schedule.OFF, RevisionPolicy.NONE);

    static final String SETTINGS = "settings/";
    private static final String EXPIRATION = "Expiration";
    private static final String REFRESH = "Refresh";
    private static final String REVISIONS = "Revisions";

    /**
     * How often what is due is looked for.
     *
     * @param mostItems most that is done in one round
     */
    public record Schedule(boolean disabled, long everySeconds, long mostItems) {
        public static final long EVERY_SECONDS = 60;
        public static final Schedule OFF = new Schedule(true, EVERY_SECONDS, Long.MAX_VALUE);
    }

    public DatabaseSettings withExpiration(Schedule next) {
        return new DatabaseSettings(next, refresh, revisions);
    }

    public DatabaseSettings withRefresh(Schedule next) {
        return new DatabaseSettings(expiration, next, revisions);
    }

    public DatabaseSettings withRevisions(RevisionPolicy next) {
        return new DatabaseSettings(expiration, refresh, next);
    }

    static DatabaseSettings of(Document document) {
        return of(document.body());
    }

    /** @throws io.rookery.api.RookeryException BAD_REQUEST when it is not what {@link #json} gives */
    public static DatabaseSettings of(Json json) {
        Map<String, Object> body = json.asObject();
        return new DatabaseSettings(
                SettingsJson.expiration(SettingsJson.object(body.get(EXPIRATION))),
                SettingsJson.refresh(SettingsJson.object(body.get(REFRESH))),
                SettingsJson.revisions(SettingsJson.object(body.get(REVISIONS))));
    }

    public Json json() {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put(EXPIRATION, SettingsJson.expiration(expiration));
        body.put(REFRESH, SettingsJson.refresh(refresh));
        body.put(REVISIONS, SettingsJson.revisions(revisions));
        return Json.of(body);
    }
}
