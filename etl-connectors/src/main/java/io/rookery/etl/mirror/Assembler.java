package io.rookery.etl.mirror;

import io.rookery.api.ErrorCode;
import io.rookery.api.RookeryException;
import io.rookery.etl.mirror.TableMapping.Copy;
import io.rookery.etl.mirror.TableMapping.Embed;
import io.rookery.etl.mirror.TableMapping.Link;
import io.rookery.etl.mirror.TableMapping.Shape;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Builds a document from its root row and the rows that hang below it. */
final class Assembler {
    private final Rows rows;
    private final int maxItems;

    Assembler(Rows rows, int maxItems) {
        this.rows = rows;
        this.maxItems = maxItems;
    }

    /** @throws RookeryException CHANGE_REJECTED when an array has too many items or a column is not the JSON it should be */
    Map<String, Object> document(TableMapping mapping, String key, Map<String, Object> row) {
        Map<String, Object> document = new LinkedHashMap<>();
        mapping.columns().copy(row, document);
        for (Link link : mapping.links()) {
            document.put(link.field(), link.id().apply(row));
        }
        for (Copy copy : mapping.copies()) {
            String other = RowKeys.key(row, copy.by());
            Map<String, Object> copied = other == null ? null : rows.row(copy.table(), other);
            document.put(copy.field(), copy.of(copied));
        }
        for (Embed embed : mapping.embeds()) {
            document.put(embed.field(), embedded(embed, key));
        }
        return document;
    }

    private Object embedded(Embed embed, String parent) {
        List<Child> children = children(embed, parent);
        if (embed.shape() == Shape.ONE) {
            return children.isEmpty() ? null : build(embed, children.get(0));
        }
        if (embed.shape() == Shape.ARRAY) {
            return children.stream().map(child -> build(embed, child)).toList();
        }
        Map<String, Object> map = new LinkedHashMap<>();
        for (Child child : children) {
            map.put(RowKeys.text(child.row.get(embed.mapKey())), build(embed, child));
        }
        return map;
    }

    private record Child(String key, Map<String, Object> row) {}

    private Object build(Embed embed, Child child) {
        return document(embed.rows(), child.key, child.row);
    }

    private List<Child> children(Embed embed, String parent) {
        List<Child> children = new ArrayList<>();
        String table = embed.rows().table();
        rows.referring(new Reference(table, embed.by()), parent, key -> {
            Map<String, Object> row = rows.row(table, key);
            if (row == null) {
                throw new IllegalStateException("The index names a row that is not there: " + table + ' ' + key);
            }
            if (children.size() == maxItems) {
                throw new RookeryException(
                        ErrorCode.CHANGE_REJECTED,
                        "Expected at most " + maxItems + " rows of " + table + " in '" + embed.field()
                                + "' but found more; use link, or raise max_items");
            }
            children.add(new Child(key, row));
        });
        children.sort(order(embed.sort()));
        return children;
    }

    /** By the sort columns, nulls last, then by the row's key, so that the order never depends on chance. */
    private static Comparator<Child> order(List<String> sort) {
        Comparator<Child> order = Comparator.comparing(Child::key, Assembler::compareKeys);
        for (int i = sort.size() - 1; i >= 0; i--) {
            String column = sort.get(i);
            Comparator<Child> first = (a, b) -> compare(a.row.get(column), b.row.get(column));
            order = first.thenComparing(order);
        }
        return order;
    }

    /** Numbers in keys by value, so that line 10 follows line 9. */
    private static int compareKeys(String a, String b) {
        boolean numbers = a.matches("\\d{1,18}") && b.matches("\\d{1,18}");
        return numbers ? Long.compare(Long.parseLong(a), Long.parseLong(b)) : a.compareTo(b);
    }

    private static int compare(Object a, Object b) {
        if (a == null || b == null) {
            return a == b ? 0 : a == null ? 1 : -1;
        }
        if (a instanceof Number && b instanceof Number) {
            return new java.math.BigDecimal(a.toString()).compareTo(new java.math.BigDecimal(b.toString()));
        }
        return a.toString().compareTo(b.toString());
    }
}
