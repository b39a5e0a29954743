package io.rookery.etl.mirror;

import io.rookery.etl.mirror.TableMapping.Copy;
import io.rookery.etl.mirror.TableMapping.Embed;
import java.util.ArrayList;
import java.util.List;

/**
 * A place where a table's rows appear in a task's documents, and the way up from such a row to the documents' roots.
 *
 * @param copy not null: the rows are copied from; the first step up is by the index of who refers to them
 * @param up references from the row's table (or, behind a copy, the copying table) towards the root, nearest first; each
 *     holds the key of the next table's row
 */
record Place(MirrorDefinition definition, String table, Copy copy, Reference copying, List<Up> up) {
    /** One step up: these columns of the row hold the key of the row of {@code table}. */
    record Up(List<String> columns, String table) {}

    /** All places of a task. */
    static List<Place> of(MirrorDefinition definition) {
        List<Place> places = new ArrayList<>();
        collect(definition, definition.root(), List.of(), places);
        return places;
    }

    private static void collect(MirrorDefinition definition, TableMapping mapping, List<Up> up, List<Place> places) {
        places.add(new Place(definition, mapping.table(), null, null, up));
        for (Copy copy : mapping.copies()) {
            places.add(new Place(definition, copy.table(), copy, new Reference(mapping.table(), copy.by()), up));
        }
        for (Embed embed : mapping.embeds()) {
            List<Up> higher = new ArrayList<>();
            higher.add(new Up(embed.by(), mapping.table()));
            higher.addAll(up);
            collect(definition, embed.rows(), List.copyOf(higher), places);
        }
    }

    /** The index that this place needs: children by parent, copying rows by what they copy from; null for a root. */
    Reference reference() {
        if (copy != null) {
            return copying;
        }
        return up.isEmpty() ? null : new Reference(table, up.get(0).columns());
    }
}
