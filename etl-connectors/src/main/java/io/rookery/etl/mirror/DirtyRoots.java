package io.rookery.etl.mirror;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Roots whose documents a batch may have changed, by task; found by walking up from a changed row. A root carries the id
 * that its document had before the batch when it may have none or another now. When there are many they are handed on
 * and forgotten here, so that memory stays bounded.
 */
final class DirtyRoots {
    private final Map<String, List<Place>> places;
    private final Rows rows;
    private final int most;
    private final Consumer<Map<String, Map<String, String>>> overflow;
    /** Task → root key → former id of its document, or empty. */
    private Map<String, Map<String, String>> roots = new LinkedHashMap<>();

    private int size;
    private boolean overflown;

    /**
     * @param places by table
     * @param most roots that are held here
     * @param overflow takes what is held when it is more
     */
    DirtyRoots(
            Map<String, List<Place>> places, Rows rows, int most, Consumer<Map<String, Map<String, String>>> overflow) {
        this.places = places;
        this.rows = rows;
        this.most = most;
        this.overflow = overflow;
    }

    /** Marks the roots that show this row, as the rows stand now. */
    void mark(String table, String key, Map<String, Object> row) {
        for (Place place : places.getOrDefault(table, List.of())) {
            if (place.copy() == null) {
                climb(place, 0, key, row);
            } else {
                rows.referring(place.copying(), key, copying -> climb(place, 0, copying, null));
            }
        }
    }

    /** Marks what shows the row through a copy only where the copied column differs. */
    void markChanged(String table, String key, Map<String, Object> before, Map<String, Object> after) {
        for (Place place : places.getOrDefault(table, List.of())) {
            if (place.copy() == null) {
                climb(place, 0, key, before);
                climb(place, 0, key, after);
            } else if (place.copy().differs(before, after)) {
                rows.referring(place.copying(), key, copying -> climb(place, 0, copying, null));
            }
        }
    }

    private void climb(Place place, int step, String key, Map<String, Object> row) {
        if (step == place.up().size()) {
            add(place.definition().task(), key, "");
            return;
        }
        Map<String, Object> here = row != null ? row : rows.row(tableAt(place, step), key);
        String parent =
                here == null ? null : RowKeys.key(here, place.up().get(step).columns());
        if (parent != null) {
            climb(place, step + 1, parent, null);
        }
    }

    private static String tableAt(Place place, int step) {
        if (step > 0) {
            return place.up().get(step - 1).table();
        }
        return place.copy() == null ? place.table() : place.copying().table();
    }

    /** The first former id counts: it is the one that is stored. */
    void add(String task, String root, String formerId) {
        Map<String, String> known = roots.computeIfAbsent(task, absent -> new LinkedHashMap<>());
        String former = known.get(root);
        if (former == null) {
            size++;
        }
        if (former == null || former.isEmpty()) {
            known.put(root, formerId);
        }
        if (size > most) {
            handOn();
        }
    }

    /** Hands on what is held. */
    void handOn() {
        if (size > 0) {
            Map<String, Map<String, String>> full = roots;
            roots = new LinkedHashMap<>();
            size = 0;
            overflown = true;
            overflow.accept(full);
        }
    }

    /** Whether anything was handed on. */
    boolean overflown() {
        return overflown;
    }

    Map<String, Map<String, String>> byTask() {
        return roots;
    }
}
