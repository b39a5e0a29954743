package io.rookery.etl.source;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Makes offsets of the engine places that are good to go on from.
 *
 * <p>The engine goes on behind every event whose position is the stored one. The position of a commit and of a message,
 * which heartbeats carry, is where it ends: exactly where the next transaction's first row may begin, and that row would
 * be lost. One byte earlier nothing ends and nothing begins.
 */
final class Places {
    private Places() {}

    /** The offset itself where it names a row. */
    static Map<String, ?> of(Map<String, ?> offset) {
        Object type = offset.get("messageType");
        boolean end = "COMMIT".equals(type) || "MESSAGE".equals(type);
        if ((!end && !"BEGIN".equals(type)) || !(offset.get("lsn") instanceof Long position)) {
            return offset;
        }
        Map<String, Object> place = new LinkedHashMap<>(offset);
        place.put("lsn", position - 1);
        if (end) {
            for (String field : new String[] {"lsn_proc", "lsn_commit"}) {
                if (position.equals(offset.get(field))) {
                    place.put(field, position - 1);
                }
            }
        }
        return place;
    }
}
