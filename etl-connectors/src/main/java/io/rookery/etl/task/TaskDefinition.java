package io.rookery.etl.task;

import io.rookery.api.Setting;
import java.util.List;
import java.util.Map;

/**
 * A task as its YAML says, checked as far as the text alone allows. What {@code from}, {@code steps} and {@code to} hold
 * is checked by the source, the transforms and the sink that they name.
 *
 * @param connection the name that {@code from.database} (INGEST) or the sink's key (DELIVER) has; null for a sink
 *     without a connection
 * @param sinkKind key of the sink in {@code to}; {@code documents} for INGEST
 * @param text the YAML of this task alone, as the user wrote it
 */
public record TaskDefinition(
        String name,
        String description,
        Map<String, String> labels,
        boolean enabled,
        Kind kind,
        String connection,
        String sinkKind,
        Setting from,
        List<Setting> steps,
        Setting to,
        ErrorPolicy onError,
        BatchPolicy batch,
        List<Setting> tests,
        String text) {

    /** Which way the task goes. */
    public enum Kind {
        /** From a legacy database to documents. */
        INGEST,
        /** From the change feed to a target. */
        DELIVER
    }

    /** What is assigned to one node together: all tasks that read one database share its source. */
    public String unit() {
        return kind == Kind.INGEST ? "source-" + connection : "task-" + name;
    }

    /** For DELIVER: the collection whose changes are delivered. */
    public String collection() {
        return from.get("collection").text();
    }

    /** For DELIVER: whether a document that stopped matching the filter is deleted in the target. */
    public boolean deletesWhenFiltered() {
        return to.find("when_filtered")
                .map(choice -> choice.oneOf("delete", "keep").equals("delete"))
                .orElse(true);
    }
}
