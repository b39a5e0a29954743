package io.rookery.etl.mirror;

import io.rookery.api.ErrorCode;
import io.rookery.api.RookeryException;
import io.rookery.api.Source;
import io.rookery.api.SourceFactory;
import io.rookery.api.SourceRequest;
import io.rookery.etl.route.Assigned;
import io.rookery.etl.route.TaskEnvironment;
import io.rookery.etl.task.ConnectionDefinition;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.ServiceLoader;
import java.util.Set;

/** The connection that a unit's tasks read, looked up anew each time: it may have been mended since. */
record SourceConnection(Assigned assigned, TaskEnvironment environment) {
    String name() {
        return assigned.tasks().get(0).connection();
    }

    Source open(Collection<String> tables) {
        ConnectionDefinition definition = environment.connection(name());
        return factory(definition).create(request(definition, tables));
    }

    /** What the tasks make of rows; asks the source for foreign keys when one of them omits {@code by}. */
    List<MirrorDefinition> definitions() {
        List<MirrorDefinition> written =
                assigned.tasks().stream().map(MirrorDefinition::of).toList();
        if (written.stream().noneMatch(MirrorDefinition::asksForeignKeys)) {
            return written;
        }
        Set<String> tables = new LinkedHashSet<>();
        written.forEach(definition -> tables.addAll(definition.tables()));
        ConnectionDefinition definition = environment.connection(name());
        ForeignKeys keys = new ForeignKeys(factory(definition).foreignKeys(request(definition, tables)));
        return assigned.tasks().stream()
                .map(task -> MirrorDefinition.of(task, keys))
                .toList();
    }

    private SourceRequest request(ConnectionDefinition definition, Collection<String> tables) {
        return new SourceRequest(
                environment.cluster().get(),
                name(),
                environment.resolved(definition),
                tables.stream().sorted().toList());
    }

    private SourceFactory factory(ConnectionDefinition definition) {
        return ServiceLoader.load(SourceFactory.class).stream()
                .map(ServiceLoader.Provider::get)
                .filter(candidate -> candidate.connectionKind().equals(definition.kind()))
                .findFirst()
                .orElseThrow(() -> new RookeryException(
                        ErrorCode.BAD_CONNECTION,
                        "Expected a connection to a database that can be followed but " + name() + " is "
                                + definition.kind()));
    }
}
