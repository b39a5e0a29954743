package io.rookery.etl.route;

import io.rookery.api.DocumentDatabase;
import io.rookery.api.Entry;
import io.rookery.api.Transaction;
import io.rookery.api.Write;
import io.rookery.etl.task.TaskDefinition;
import io.rookery.etl.task.TaskDefinition.Kind;
import java.time.Clock;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What a deleted task leaves in a database besides its documents, and the way to be rid of it. Its documents stay: who
 * deletes a task does not say that its data is wrong.
 *
 * @param last whether no other task of its {@link TaskDefinition#unit() unit} is left: then the unit's rows, its place at
 *     the source or in the feed, and its epoch go too
 */
public record DeletedTask(TaskDefinition task, boolean last) {
    private static final int PAGE = 1_000;

    /** Starts of the keys of all its entries. */
    List<String> prefixes() {
        String name = task.name();
        Stream<String> own = Stream.of(ParkedChange.prefix(name));
        if (task.kind() == Kind.DELIVER) {
            return own.toList();
        }
        String connection = task.connection() + '/';
        Stream<String> unit = last
                ? Stream.of("rows/", "refs/", "seen/", "todo/", "mapping/", "mirror/")
                        .map(kind -> kind + connection)
                : Stream.of("todo/" + connection + name + '/');
        Stream<String> parcels = last ? Stream.of("outbox/" + task.unit() + '/') : Stream.of();
        return Stream.of(own, unit, parcels).flatMap(each -> each).toList();
    }

    /** Keys of its entries that are not behind a prefix. */
    List<String> keys() {
        if (task.kind() == Kind.DELIVER) {
            return List.of("feed/" + task.name());
        }
        return last
                ? List.of("mirror/" + task.connection())
                : List.of("mapping/" + task.connection() + '/' + task.name());
    }

    /**
     * Deletes it from one shard, at most {@value #PAGE} entries a transaction; blocks. Call it when no runner of the task
     * is left anywhere: a forgotten epoch fences nobody. A repetition goes on where an interrupted one ended.
     *
     * @param unit what the task's unit is called in that shard
     */
    public void erase(String unit, DocumentDatabase database, Clock clock) {
        FencedWriter.await(database.fence());
        // the place first: rows without it are garbage, but a place without its rows would be a lie to a next task
        List<Write> first =
                keys().stream().map(key -> (Write) new Write.DeleteEntry(key)).collect(Collectors.toList());
        if (last) {
            first.add(new Write.ForgetTask(unit));
        }
        FencedWriter.await(database.commit(Transaction.of(first, clock.millis())));
        for (String prefix : prefixes()) {
            eraseAll(prefix, database, clock);
        }
    }

    private static void eraseAll(String prefix, DocumentDatabase database, Clock clock) {
        String after = null;
        while (true) {
            List<Entry> page = database.entries(prefix, after, PAGE);
            if (page.isEmpty()) {
                return;
            }
            after = page.get(page.size() - 1).key();
            List<Write> writes = page.stream()
                    .map(entry -> (Write) new Write.DeleteEntry(entry.key()))
                    .toList();
            FencedWriter.await(database.commit(Transaction.of(writes, clock.millis())));
        }
    }
}
