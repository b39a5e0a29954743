package io.rookery.cluster.topology;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.Map;

/**
 * What is assigned to one node together: all tasks that read one source, or one shard's part of a delivery. A delivery has
 * a unit for each shard of its database, a source one, in the first shard.
 *
 * @param name of its assignment; in the first shard the tasks' own word for it, in others with the shard behind a dot
 * @param database null: it may run anywhere
 */
public record TaskUnit(String name, String database, int shard) {
    /** So begins what tasks with a source call their unit. */
    private static final String SOURCE = "source-";

    public TaskUnit {
        requireNonNull(name, "name is null");
    }

    /**
     * The units of what tasks call {@code word}.
     *
     * @param database of the tasks, or null; of one that there is none of, there is a unit that nobody can run
     */
    public static List<TaskUnit> of(String word, String database, Map<String, Topology.Database> databases) {
        Topology.Database found = database == null ? null : databases.get(database);
        return found == null || word.startsWith(SOURCE)
                ? List.of(new TaskUnit(word, database, 0))
                : found.shards().stream()
                        .map(shard -> in(word, database, shard.number()))
                        .toList();
    }

    private static TaskUnit in(String word, String database, int shard) {
        return new TaskUnit(shard == 0 ? word : word + '.' + shard, database, shard); // no task's name has a dot
    }
}
