package io.rookery.cluster.topology;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A database's splits as its document in the system shard has them; one that was never split says nothing of them. */
final class DivisionsJson {
    static final String DONE = "divisions";
    static final String UNDER_WAY = "splitting";

    private DivisionsJson() {}

    static void put(Map<String, Object> body, Topology.Database database) {
        if (!database.divisions().isEmpty()) {
            List<Object> done = new ArrayList<>();
            for (Topology.Division division : database.divisions()) {
                Map<String, Object> item = new LinkedHashMap<>();
                item.put("from", division.from());
                item.put("to", division.to());
                item.put("head", division.head());
                item.put("index", division.index());
                done.add(item);
            }
            body.put(DONE, done);
        }
        database.splitting().ifPresent(splitting -> {
            Map<String, Object> item = new LinkedHashMap<>();
            item.put("shard", splitting.shard());
            item.put("number", splitting.number());
            item.put("group", splitting.group());
            item.put("first", splitting.first());
            item.put("last", splitting.last());
            item.put("nodes", splitting.nodes());
            body.put(UNDER_WAY, item);
        });
    }

    static List<Topology.Division> divisions(Object stored) {
        List<Topology.Division> done = new ArrayList<>();
        for (Object item : stored == null ? List.of() : (List<?>) stored) {
            Map<?, ?> division = (Map<?, ?>) item;
            done.add(new Topology.Division(
                    number(division, "from"), number(division, "to"), (Long) division.get("head"), (Long)
                            division.get("index")));
        }
        return done;
    }

    static Optional<Topology.Splitting> splitting(Object stored) {
        if (!(stored instanceof Map<?, ?> item)) {
            return Optional.empty();
        }
        List<String> nodes =
                ((List<?>) item.get("nodes")).stream().map(String.class::cast).toList();
        return Optional.of(new Topology.Splitting(
                number(item, "shard"),
                number(item, "number"),
                (String) item.get("group"),
                number(item, "first"),
                number(item, "last"),
                nodes));
    }

    private static int number(Map<?, ?> item, String name) {
        return ((Long) item.get(name)).intValue();
    }
}
