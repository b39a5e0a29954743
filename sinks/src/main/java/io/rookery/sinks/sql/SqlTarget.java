package io.rookery.sinks.sql;

import io.rookery.api.Change;
import io.rookery.api.ErrorCode;
import io.rookery.api.RejectedChangeException;
import io.rookery.api.Setting;
import io.rookery.api.Values;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The {@code to:} block of a task that delivers to SQL.
 *
 * @param tables parents first, as the task lists them
 * @param schema create, evolve, validate or off
 * @param deletes whether the rows of a deleted document go
 * @param mark column that is stamped where rows would be deleted; null to delete them. Cleared by the next upsert
 */
record SqlTarget(List<SqlTable> tables, String schema, boolean deletes, String mark) {
    static SqlTarget of(Setting to, Values values) {
        to.only("sql", "schema", "tables", "deletes", "when_filtered");
        List<SqlTable> tables = new ArrayList<>();
        to.get("tables").mapping().forEach((name, table) -> tables.add(SqlTable.of(name, table, values)));
        if (tables.isEmpty()) {
            throw to.get("tables").error(ErrorCode.BAD_TASK, "Expected at least one table");
        }
        String schema = to.find("schema")
                .map(setting -> setting.oneOf("create", "evolve", "validate", "off"))
                .orElse("create");
        Setting deletes = to.find("deletes").orElse(Setting.of("delete"));
        if (deletes.isMapping()) {
            Setting mark = deletes.only("mark").get("mark");
            return new SqlTarget(tables, schema, true, SqlName.checked(mark.text(), mark));
        }
        return new SqlTarget(tables, schema, deletes.oneOf("delete", "ignore").equals("delete"), null);
    }

    /** What a script loads to a table that is not here must not vanish in silence. */
    void refuseUnknownTable(Change change) {
        if (change.target() != null && tables.stream().noneMatch(table -> table.takes(change.target()))) {
            throw new RejectedChangeException(
                    change.sequence(),
                    "The script loads " + change.id() + " to '" + change.target()
                            + "', which is no table of 'to:'; known are "
                            + tables.stream().map(SqlTable::loadName).collect(Collectors.joining(", ")),
                    null);
        }
    }

    /** Rows of documents in several shards would be guarded by sequence numbers of several feeds, which do not compare. */
    void refuseGuardsOverShards(Setting to) {
        for (SqlTable table : tables) {
            if (table.guard() != null && !table.ownedById()) {
                throw to.get("tables")
                        .error(
                                ErrorCode.BAD_TASK,
                                "Expected $id in the key of " + table.name() + ", as its column " + table.guard()
                                        + " guards rows by $seq and every shard of the database counts for itself");
            }
        }
    }

    boolean changesSchema() {
        return schema.equals("create") || schema.equals("evolve");
    }
}
