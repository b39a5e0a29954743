package io.rookery.etl.mirror;

import io.rookery.api.Json;
import io.rookery.api.Setting;
import io.rookery.etl.mirror.TableMapping.Copy;
import io.rookery.etl.mirror.TableMapping.Embed;
import io.rookery.etl.mirror.TableMapping.Link;
import io.rookery.etl.mirror.TableMapping.Shape;
import io.rookery.etl.task.TaskDefinition;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * What a task from a legacy database makes of its rows.
 *
 * @param id template of the document's id; null: the collection's name in small letters and the primary key
 * @param fingerprint changes when anything does that the documents depend on
 */
public record MirrorDefinition(
        String task,
        String collection,
        Template id,
        TableMapping root,
        Deletes deletes,
        int maxItems,
        List<Setting> steps,
        String fingerprint) {

    /** What becomes of a document whose root row was deleted. */
    enum Deletes {
        REMOVE,
        KEEP,
        /** Stays, with {@code "deleted": true}. */
        MARK
    }

    private static final int DEFAULT_MAX_ITEMS = 10_000;

    /**
     * As far as the text says: where {@code by} is omitted the source must be asked.
     *
     * @throws io.rookery.api.RookeryException BAD_TASK with line and column
     */
    public static MirrorDefinition of(TaskDefinition task) {
        return of(task, ForeignKeys.UNKNOWN);
    }

    /** With the foreign keys that stand for an omitted {@code by}. */
    static MirrorDefinition of(TaskDefinition task, ForeignKeys keys) {
        Setting from = task.from().only("database", "snapshot", "table");
        from.find("snapshot").ifPresent(snapshot -> snapshot.oneOf("initial"));
        Setting to = task.to().only("documents", "id", "columns", "embed", "link", "copy", "deletes", "max_items");
        String collection = to.get("documents").text();
        TableMapping root = mapping(table(from), to, keys);
        return new MirrorDefinition(
                task.name(),
                collection,
                to.find("id").map(Template::of).orElse(null),
                root,
                to.find("deletes")
                        .map(deletes -> Deletes.valueOf(
                                deletes.oneOf("remove", "keep", "mark").toUpperCase(Locale.ROOT)))
                        .orElse(Deletes.REMOVE),
                to.find("max_items").map(max -> max.integer(1, 1_000_000)).orElse(DEFAULT_MAX_ITEMS),
                task.steps(),
                Json.of(List.of(
                                from.plain(),
                                to.plain(),
                                task.steps().stream().map(Setting::plain).toList(),
                                references(root)))
                        .toString());
    }

    private static String table(Setting setting) {
        String table = setting.get("table").text();
        return table.indexOf('.') < 0 ? "public." + table : table;
    }

    private static TableMapping mapping(String table, Setting setting, ForeignKeys keys) {
        List<Embed> embeds = new ArrayList<>();
        setting.find("embed").ifPresent(found -> found.mapping()
                .forEach((field, embed) -> embeds.add(embed(field, embed, table, keys))));
        List<Link> links = new ArrayList<>();
        setting.find("link").ifPresent(found -> found.mapping().forEach((field, link) -> {
            link.only("by", "id");
            links.add(new Link(field, Template.of(link.get("id"))));
        }));
        List<Copy> copies = new ArrayList<>();
        setting.find("copy").ifPresent(found -> found.mapping().forEach((field, copy) -> {
            copy.only("table", "by", "take");
            Setting take = copy.get("take");
            copies.add(new Copy(field, table(copy), by(copy, table, table(copy), keys), texts(take), take.isList()));
        }));
        return new TableMapping(
                table, setting.find("columns").map(Columns::of).orElse(Columns.ALL), embeds, links, copies);
    }

    private static Embed embed(String field, Setting setting, String parent, ForeignKeys keys) {
        setting.only("table", "by", "as", "sort", "key", "columns", "embed", "link", "copy");
        Shape shape = setting.find("as")
                .map(as -> Shape.valueOf(as.oneOf("array", "map", "one").toUpperCase(Locale.ROOT)))
                .orElse(Shape.ARRAY);
        return new Embed(
                field,
                mapping(table(setting), setting, keys),
                by(setting, table(setting), parent, keys),
                shape,
                setting.find("sort").map(MirrorDefinition::texts).orElse(List.of()),
                shape == Shape.MAP ? setting.get("key").text() : null);
    }

    private static List<String> by(Setting setting, String from, String to, ForeignKeys keys) {
        return setting.find("by").map(MirrorDefinition::texts).orElseGet(() -> keys.columns(setting, from, to));
    }

    private static List<String> texts(Setting setting) {
        List<String> texts = setting.oneOrMany().stream().map(Setting::text).toList();
        if (texts.isEmpty()) {
            throw setting.error("Expected at least one column but found none");
        }
        return texts;
    }

    /** Whether somewhere {@code by} was omitted and the foreign keys were not known. */
    boolean asksForeignKeys() {
        return references(root).contains("");
    }

    /** Every reference by its columns, in the order of the text. */
    private static List<String> references(TableMapping mapping) {
        List<String> all = new ArrayList<>();
        mapping.copies().forEach(copy -> all.add(String.join(",", copy.by())));
        for (Embed embed : mapping.embeds()) {
            all.add(String.join(",", embed.by()));
            all.addAll(references(embed.rows()));
        }
        return all;
    }

    /** Whether a document shows its root row alone. */
    boolean isFlat() {
        return root.embeds().isEmpty() && root.copies().isEmpty();
    }

    /** Every table whose rows the documents show. */
    public Set<String> tables() {
        Set<String> tables = new LinkedHashSet<>();
        collect(root, tables);
        return tables;
    }

    private static void collect(TableMapping mapping, Set<String> tables) {
        tables.add(mapping.table());
        mapping.copies().forEach(copy -> tables.add(copy.table()));
        mapping.embeds().forEach(embed -> collect(embed.rows(), tables));
    }
}
