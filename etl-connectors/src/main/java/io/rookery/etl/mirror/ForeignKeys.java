package io.rookery.etl.mirror;

import io.rookery.api.ForeignKey;
import io.rookery.api.Setting;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The source's foreign keys, for an omitted {@code by}.
 *
 * @param known null: the source was not asked yet
 */
record ForeignKeys(List<ForeignKey> known) {
    static final ForeignKeys UNKNOWN = new ForeignKeys(null);

    /**
     * Columns of {@code from} that hold the primary key of {@code to}; none while the source was not asked.
     *
     * @throws io.rookery.api.RookeryException BAD_TASK when there is not exactly one such foreign key
     */
    List<String> columns(Setting where, String from, String to) {
        if (known == null) {
            return List.of();
        }
        List<ForeignKey> found = known.stream()
                .filter(key -> key.table().equals(from) && key.references().equals(to))
                .toList();
        if (found.size() != 1) {
            throw where.error("Expected 'by', or one foreign key of " + from + " to the primary key of " + to
                    + " to stand for it, but found "
                    + (found.isEmpty()
                            ? "none"
                            : found.stream()
                                    .map(key -> key.name() + " (" + String.join(", ", key.columns()) + ')')
                                    .collect(Collectors.joining(" and "))));
        }
        return found.get(0).columns();
    }
}
