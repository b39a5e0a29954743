package io.rookery.etl.mirror;

import io.rookery.api.Due;
import io.rookery.api.Json;
import io.rookery.api.Write;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What one transaction of a source writes to one shard that is not the source's own: an entry there until it has arrived.
 *
 * @param label of the transaction: no other one has it
 * @param writes of documents, whatever is there
 */
record Parcel(int shard, String label, long timestamp, List<Write> writes) {

    /** An idempotency key: the same parcel is taken once. */
    String key() {
        return label + '/' + shard;
    }

    byte[] bytes() {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("shard", shard);
        map.put("label", label);
        map.put("timestamp", timestamp);
        map.put("writes", writes.stream().map(Parcel::json).toList());
        return Json.of(map).bytes();
    }

    private static Map<String, Object> json(Write write) {
        Map<String, Object> map = new LinkedHashMap<>();
        if (write instanceof Write.PutDocument put
                && put.expected() == null
                && put.due().equals(Due.NEVER)) {
            map.put("id", put.id());
            map.put("collection", put.collection());
            map.put("document", put.body());
        } else if (write instanceof Write.DeleteDocument delete && delete.expected() == null) {
            map.put("id", delete.id());
        } else {
            throw new IllegalArgumentException("Expected a document's write without condition but found " + write);
        }
        return map;
    }

    static Parcel of(byte[] bytes) {
        Map<String, Object> map = Json.trusted(bytes).asObject();
        List<Write> writes = new ArrayList<>();
        ((List<?>) map.get("writes")).forEach(item -> writes.add(write((Map<?, ?>) item)));
        return new Parcel(
                ((Long) map.get("shard")).intValue(), (String) map.get("label"), (Long) map.get("timestamp"), writes);
    }

    private static Write write(Map<?, ?> map) {
        String id = (String) map.get("id");
        return map.get("document") == null
                ? new Write.DeleteDocument(id, null)
                : new Write.PutDocument(id, (String) map.get("collection"), Json.of(map.get("document")), null);
    }
}
