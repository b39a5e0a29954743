package io.rookery.etl.source;

import io.rookery.api.Source;
import io.rookery.api.SourceFactory;
import io.rookery.api.SourceRequest;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/** Makes sources of connections of the kind {@code postgres}. */
public final class PostgresSourceFactory implements SourceFactory {
    /** Found by ServiceLoader. */
    public PostgresSourceFactory() {}

    @Override
    public String connectionKind() {
        return "postgres";
    }

    @Override
    public Source create(SourceRequest request) {
        return new DebeziumSource(PostgresConnection.of(request), request.tables());
    }

    @Override
    public List<String> check(SourceRequest request) {
        PostgresConnection settings = PostgresConnection.of(request);
        try (Connection connection = settings.open()) {
            return PostgresCheck.run(settings, request.tables(), connection);
        } catch (SQLException e) {
            return List.of(SourceFailures.of(settings, e).getMessage());
        }
    }
}
