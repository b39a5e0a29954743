package io.rookery.etl.mirror;

import io.rookery.api.Json;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * How far a connection's mirror is, kept in the entry {@code mirror/CONNECTION}.
 *
 * @param offset where the source goes on; null before the first batch
 * @param generation counts the snapshots; a repeated one marks what it saw with it
 * @param complete whether the last snapshot was read to its end
 * @param tables whose rows are stored completely, as of the last complete snapshot
 */
record MirrorState(Json offset, long generation, boolean complete, Set<String> tables) {
    static final MirrorState NEW = new MirrorState(null, 0, false, Set.of());

    /** What a snapshot starts from; the rows of earlier ones are compared with it. */
    MirrorState beginSnapshot() {
        return new MirrorState(null, generation + 1, false, Set.of());
    }

    MirrorState at(Json newOffset) {
        return new MirrorState(newOffset, generation, complete, tables);
    }

    MirrorState completed(Set<String> stored) {
        return new MirrorState(offset, generation, true, new TreeSet<>(stored));
    }

    byte[] bytes() {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("offset", offset);
        map.put("generation", generation);
        map.put("complete", complete);
        map.put("tables", List.copyOf(tables));
        return Json.of(map).bytes();
    }

    @SuppressWarnings("unchecked")
    static MirrorState of(byte[] bytes) {
        Map<String, Object> map = Json.trusted(bytes).asObject();
        return new MirrorState(
                map.get("offset") == null ? null : Json.of(map.get("offset")),
                (Long) map.get("generation"),
                (Boolean) map.get("complete"),
                new TreeSet<>((List<String>) (List<?>) map.get("tables")));
    }
}
