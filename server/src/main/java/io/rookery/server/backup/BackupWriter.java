package io.rookery.server.backup;

import io.rookery.api.Change;
import io.rookery.api.Document;
import io.rookery.api.Entry;
import io.rookery.api.FeedPage;
import io.rookery.api.FeedRequest;
import io.rookery.api.Json;
import io.rookery.server.backup.BackupManifest.Part;
import io.rookery.server.backup.BackupManifest.Section;
import io.rookery.store.CompareExchangeValue;
import io.rookery.store.StoreCopy;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * Writes one shard's part of a backup from a copy of the shard. What is finished is told file by file, so that a writer
 * that was interrupted goes on behind the last of them and comes to the same files.
 */
final class BackupWriter {
    private static final int PAGE = 500;
    private static final int MOST_IDENTITIES = 1_000_000;

    private final StoreCopy copy;
    private final Path folder;
    private final BackupManifest.Shard shard;
    private final boolean full;
    private final List<Part> done;
    private final Consumer<Part> finished;

    /** What a section has next: records in order behind a place, with their places; none at its end. */
    @FunctionalInterface
    private interface Pages {
        Map<String, Map<String, Object>> behind(String place);
    }

    /**
     * @param done parts that are finished already
     * @param finished told of each that is finished
     */
    BackupWriter(
            StoreCopy copy,
            Path folder,
            BackupManifest.Shard shard,
            boolean full,
            List<Part> done,
            Consumer<Part> finished) {
        this.copy = copy;
        this.folder = folder;
        this.shard = shard;
        this.full = full;
        this.done = done;
        this.finished = finished;
    }

    void write() throws IOException {
        if (full) {
            write(Section.DOCUMENTS, this::documents);
        } else {
            write(Section.CHANGES, this::changes);
        }
        write(Section.ENTRIES, this::entries);
        write(Section.COMPARE_EXCHANGE, this::exchanges);
        write(Section.IDENTITIES, this::identities);
    }

    private void write(Section section, Pages pages) throws IOException {
        List<Part> before = done.stream()
                .filter(part -> part.shard() == shard.number() && part.section() == section)
                .toList();
        String place = before.isEmpty() ? null : before.get(before.size() - 1).last();
        boolean end = !before.isEmpty() && before.get(before.size() - 1).end();
        for (int number = before.size() + 1; !end; number++) {
            String name = String.format(
                    "%d-%s-%05d.ndjson.gz", shard.number(), section.name().toLowerCase(java.util.Locale.ROOT), number);
            try (PartWriter part = new PartWriter(folder.resolve(name))) {
                while (!end && !part.isFull()) {
                    Map<String, Map<String, Object>> page = pages.behind(place);
                    for (Map.Entry<String, Map<String, Object>> record : page.entrySet()) {
                        part.write(record.getKey(), Json.of(record.getValue()));
                        place = record.getKey();
                    }
                    end = page.isEmpty();
                }
                finished.accept(part.finish(shard.number(), section, end));
            }
        }
    }

    private Map<String, Map<String, Object>> documents(String place) {
        Map<String, Map<String, Object>> page = new LinkedHashMap<>();
        for (Document document : copy.documentsFrom("", place, PAGE)) {
            Map<String, Object> line = new LinkedHashMap<>();
            line.put("id", document.id());
            line.put("collection", document.collection());
            line.put("timestamp", document.lastModified());
            line.put("document", document.body());
            page.put(document.id(), line);
        }
        return page;
    }

    private Map<String, Map<String, Object>> changes(String place) {
        long after = place == null || place.isEmpty() ? shard.from() : Long.parseLong(place);
        FeedPage read = copy.read(new FeedRequest(after, PAGE, 8 << 20, null, false));
        Map<String, Map<String, Object>> page = new LinkedHashMap<>();
        for (Change change : read.changes()) {
            Map<String, Object> line = new LinkedHashMap<>();
            line.put("sequence", change.sequence());
            line.put("operation", change.operation().label());
            line.put("id", change.id());
            line.put("collection", change.collection());
            line.put("timestamp", change.timestamp());
            line.put("document", change.document());
            page.put(Long.toString(change.sequence()), line);
        }
        return page;
    }

    private Map<String, Map<String, Object>> entries(String place) {
        Map<String, Map<String, Object>> page = new LinkedHashMap<>();
        for (Entry entry : copy.entries("", place, PAGE)) {
            Map<String, Object> line = new LinkedHashMap<>();
            line.put("key", entry.key());
            line.put("value", Base64.getEncoder().encodeToString(entry.value()));
            page.put(entry.key(), line);
        }
        return page;
    }

    private Map<String, Map<String, Object>> exchanges(String place) {
        Map<String, Map<String, Object>> page = new LinkedHashMap<>();
        for (CompareExchangeValue value : copy.exchanges("", place, PAGE)) {
            Map<String, Object> line = new LinkedHashMap<>();
            line.put("key", value.key());
            line.put("index", value.index());
            line.put("value", value.value());
            page.put(value.key(), line);
        }
        return page;
    }

    /** All at once: each is a name and a number. */
    private Map<String, Map<String, Object>> identities(String place) {
        Map<String, Map<String, Object>> page = new TreeMap<>();
        if (place == null) {
            copy.identities(MOST_IDENTITIES).forEach((prefix, value) -> {
                Map<String, Object> line = new LinkedHashMap<>();
                line.put("prefix", prefix);
                line.put("value", value);
                page.put(prefix, line);
            });
        }
        return page;
    }
}
