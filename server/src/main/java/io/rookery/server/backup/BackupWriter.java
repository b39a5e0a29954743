package io.rookery.server.backup;

import io.rookery.api.Change;
import io.rookery.api.Document;
import io.rookery.api.Due;
import io.rookery.api.Entry;
import io.rookery.api.FeedPage;
import io.rookery.api.FeedRequest;
import io.rookery.api.Json;
import io.rookery.server.backup.BackupManifest.Part;
import io.rookery.server.backup.BackupManifest.Section;
import io.rookery.store.CompareExchangeValue;
import io.rookery.store.KeptVersion;
import io.rookery.store.Revision;
import io.rookery.store.StoreCopy;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Writes one shard's part of a backup from a copy of the shard. What is finished is told file by file, so that a writer
 * that was interrupted goes on behind the last of them and comes to the same files.
 */
final class BackupWriter {
    private static final int PAGE = 500;
    private static final long PAGE_BYTES = 8L << 20;
    private static final int MOST_IDENTITIES = 1_000_000;

    private final StoreCopy copy;
    private final Target target;
    private final BackupManifest.Shard shard;

    /**
     * What is to be written where.
     *
     * @param done parts that are finished already
     * @param partBytes of lines after which a new file begins
     */
    record Target(Path folder, BackupManifest.Shard shard, boolean full, List<Part> done, long partBytes) {}

    /** A record with its place in the section's order; {@code body} is null for none. */
    private record Item(String place, Map<String, Object> record, Json body) {}

    /** What a section has next: records in order behind a place; none at its end. */
    @FunctionalInterface
    private interface Pages {
        List<Item> behind(String place);
    }

    BackupWriter(StoreCopy copy, Target target) {
        this.copy = copy;
        this.target = target;
        shard = target.shard();
    }

    /** @param finished told of each part when it is durable */
    void write(Consumer<Part> finished) throws IOException {
        write(Section.REVISIONS, this::revisions, finished);
        if (target.full()) {
            write(Section.DOCUMENTS, this::documents, finished);
        } else {
            write(Section.CHANGES, this::changes, finished);
        }
        write(Section.ENTRIES, this::entries, finished);
        write(Section.COMPARE_EXCHANGE, this::exchanges, finished);
        write(Section.IDENTITIES, this::identities, finished);
    }

    private void write(Section section, Pages pages, Consumer<Part> finished) throws IOException {
        List<Part> before = target.done().stream()
                .filter(part -> part.shard() == shard.number() && part.section() == section)
                .toList();
        String place = before.isEmpty() ? null : before.get(before.size() - 1).last();
        boolean end = !before.isEmpty() && before.get(before.size() - 1).end();
        for (int number = before.size() + 1; !end; number++) {
            String name = String.format(
                    "%d-%s-%05d.ndjson.gz", shard.number(), section.name().toLowerCase(java.util.Locale.ROOT), number);
            try (PartWriter part = new PartWriter(target.folder().resolve(name))) {
                while (!end && part.written() < target.partBytes()) {
                    List<Item> page = pages.behind(place);
                    for (Item item : page) {
                        part.write(item.place(), item.record(), item.body());
                        place = item.place();
                    }
                    end = page.isEmpty();
                }
                finished.accept(part.finish(shard.number(), section, end));
            }
        }
    }

    /** What an incremental one has among its changes is left out. */
    private List<Item> revisions(String place) {
        long after = place == null || place.isEmpty() ? shard.from() : Long.parseLong(place);
        List<Item> page = new ArrayList<>();
        for (KeptVersion version : copy.keptVersions(after, PAGE, PAGE_BYTES)) {
            if (!target.full() && version.sequence() >= shard.everyVersionFrom()) {
                break;
            }
            Revision revision = version.revision();
            page.add(item(version, revision.document().lastModified(), revision.deleted()));
            if (target.full() && version.deletedAt() >= 0) {
                page.add(item(version, version.deletedAt(), true));
            }
        }
        return page;
    }

    private static Item item(KeptVersion version, long timestamp, boolean deleted) {
        Document document = version.revision().document();
        Map<String, Object> line = line(document);
        line.put("timestamp", timestamp);
        return new Item(Long.toString(version.sequence()), line, deleted ? null : document.body());
    }

    private static Map<String, Object> line(Document document) {
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("id", document.id());
        line.put("collection", document.collection());
        line.put("timestamp", document.lastModified());
        due(document.due(), line);
        return line;
    }

    private List<Item> documents(String place) {
        List<Item> page = new ArrayList<>();
        for (Document document : copy.documentsBehind(place, PAGE, PAGE_BYTES)) {
            page.add(new Item(document.id(), line(document), document.body()));
        }
        return page;
    }

    private List<Item> changes(String place) {
        long after = place == null || place.isEmpty() ? shard.from() : Long.parseLong(place);
        FeedPage read = copy.read(new FeedRequest(after, PAGE, PAGE_BYTES, null, false));
        List<Item> page = new ArrayList<>();
        for (Change change : read.changes()) {
            Map<String, Object> line = new LinkedHashMap<>();
            line.put("sequence", change.sequence());
            line.put("operation", change.operation().label());
            line.put("id", change.id());
            line.put("collection", change.collection());
            line.put("timestamp", change.timestamp());
            due(copy.due(change.id(), change.sequence()), line);
            page.add(new Item(Long.toString(change.sequence()), line, change.document()));
        }
        return page;
    }

    private static void due(Due due, Map<String, Object> line) {
        if (!due.equals(Due.NEVER)) {
            line.put("expires", due.expires());
            line.put("refresh", due.refresh());
        }
    }

    private List<Item> entries(String place) {
        List<Item> page = new ArrayList<>();
        for (Entry entry : copy.entries("", place, PAGE)) {
            String value = Base64.getEncoder().encodeToString(entry.value());
            page.add(new Item(entry.key(), Map.of("key", entry.key(), "value", value), null));
        }
        return page;
    }

    private List<Item> exchanges(String place) {
        List<Item> page = new ArrayList<>();
        for (CompareExchangeValue value : copy.exchanges("", place, PAGE)) {
            page.add(new Item(
                    value.key(),
                    Map.of("key", value.key(), "index", value.index(), "expires", copy.exchangeExpires(value.key())),
                    value.value()));
        }
        return page;
    }

    /** All at once: each is a name and a number. */
    private List<Item> identities(String place) {
        List<Item> page = new ArrayList<>();
        if (place == null) {
            copy.identities(MOST_IDENTITIES)
                    .forEach((prefix, value) ->
                            page.add(new Item(prefix, Map.of("prefix", prefix, "value", value), null)));
        }
        return page;
    }
}
