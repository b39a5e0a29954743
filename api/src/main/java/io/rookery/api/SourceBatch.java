package io.rookery.api;

import java.util.List;

/**
 * Row changes in the source's order, and the source's offset behind them. A batch may be empty: a heartbeat that only
 * moves the offset.
 *
 * @param offset a JSON object that the source understands; stored in the same log entry as what the rows became
 * @param snapshot whether the source is still reading the tables' present rows; the first batch without it says that all
 *     of them were seen
 * @param sourceTimestamp milliseconds since the epoch of the last change's commit at the source; 0 when unknown
 */
public record SourceBatch(List<RowChange> changes, Json offset, boolean snapshot, long sourceTimestamp) {
    public SourceBatch {
        changes = List.copyOf(changes);
    }
}
