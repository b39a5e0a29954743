package io.rookery.server.tasks;

import io.rookery.etl.route.ParkedChange;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Several shards' pages of a task's parked changes as one, in the order that one shard would have them in. */
record ParkedPages(String task, Map<Integer, Map<String, Object>> byShard) {

    /** With the token of the next page, while there may be one. */
    Map<String, Object> merged(int limit) {
        if (byShard.size() == 1) {
            return byShard.values().iterator().next();
        }
        Map<byte[], Object> all = new TreeMap<>(Arrays::compareUnsigned); // as a store orders keys
        byShard.values()
                .forEach(page -> ((List<?>) page.get("parked")).forEach(change -> all.put(key(change), change)));
        boolean more = all.size() > limit || byShard.values().stream().anyMatch(page -> page.get("next") != null);
        List<byte[]> keys = all.keySet().stream().limit(limit).toList();
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("parked", keys.stream().map(all::get).toList());
        json.put(
                "next", more && !keys.isEmpty() ? new String(keys.get(keys.size() - 1), StandardCharsets.UTF_8) : null);
        return json;
    }

    private byte[] key(Object change) {
        Map<?, ?> parked = (Map<?, ?>) change;
        return ParkedChange.key(task, (String) parked.get("id"), (Long) parked.get("sequence"))
                .getBytes(StandardCharsets.UTF_8);
    }
}
