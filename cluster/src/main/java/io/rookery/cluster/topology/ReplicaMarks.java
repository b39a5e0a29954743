package io.rookery.cluster.topology;

import io.rookery.api.ChangeVector;
import io.rookery.api.Document;
import io.rookery.api.Json;
import io.rookery.api.Write;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;

/**
 * The replicas of one group that are not plain members, by their node's tag: the document {@code replicas/GROUP} of the
 * system shard. What is not there has no marks.
 */
public record ReplicaMarks(UUID group, Map<String, Mark> byTag, ChangeVector version) {
    public static final String PREFIX = "replicas/";

    /** Presumed stale; or made because another one is. */
    public enum Kind {
        REHAB,
        REPLACEMENT
    }

    /**
     * @param since Unix time in milliseconds
     * @param instead whose place a replacement is to take; null in rehab
     */
    public record Mark(Kind kind, long since, String why, String instead) {
        public static Mark rehab(long since, String why) {
            return new Mark(Kind.REHAB, since, why, null);
        }

        public static Mark replacement(long since, String instead) {
            return new Mark(Kind.REPLACEMENT, since, "made instead of the replica on " + instead, instead);
        }
    }

    public ReplicaMarks {
        byTag = new TreeMap<>(byTag);
    }

    public static ReplicaMarks none(UUID group) {
        return new ReplicaMarks(group, Map.of(), ChangeVector.NONE);
    }

    public static ReplicaMarks of(Document document) {
        Map<String, Object> body = document.body().asObject();
        Map<String, Mark> marks = new TreeMap<>();
        ((Map<?, ?>) body.get("marks")).forEach((tag, value) -> {
            Map<?, ?> mark = (Map<?, ?>) value;
            marks.put(
                    (String) tag,
                    new Mark(
                            Kind.valueOf(((String) mark.get("kind")).toUpperCase(Locale.ROOT)),
                            (Long) mark.get("since"),
                            (String) mark.get("why"),
                            (String) mark.get("instead")));
        });
        return new ReplicaMarks(UUID.fromString((String) body.get("group")), marks, document.changeVector());
    }

    public boolean isRehab(String tag) {
        return byTag.containsKey(tag) && byTag.get(tag).kind() == Kind.REHAB;
    }

    /** Who was made to take this one's place. */
    public Optional<String> replacementOf(String tag) {
        return byTag.entrySet().stream()
                .filter(entry -> tag.equals(entry.getValue().instead()))
                .map(Map.Entry::getKey)
                .findFirst();
    }

    public ReplicaMarks with(String tag, Mark mark) {
        Map<String, Mark> changed = new TreeMap<>(byTag);
        changed.put(tag, mark);
        return new ReplicaMarks(group, changed, version);
    }

    public ReplicaMarks without(String tag) {
        Map<String, Mark> changed = new TreeMap<>(byTag);
        changed.remove(tag);
        return new ReplicaMarks(group, changed, version);
    }

    /** What makes these the marks; nothing is kept of a group without any. */
    public Write write() {
        if (byTag.isEmpty()) {
            return new Write.DeleteDocument(PREFIX + group, version);
        }
        Map<String, Object> marks = new TreeMap<>();
        byTag.forEach((tag, mark) -> {
            Map<String, Object> body = new TreeMap<>();
            body.put("kind", mark.kind().name().toLowerCase(Locale.ROOT));
            body.put("since", mark.since());
            body.put("why", mark.why());
            if (mark.instead() != null) {
                body.put("instead", mark.instead());
            }
            marks.put(tag, body);
        });
        Map<String, Object> body = new TreeMap<>();
        body.put("group", group.toString());
        body.put("marks", marks);
        return new Write.PutDocument(PREFIX + group, "@replicas", Json.of(body), version);
    }
}
