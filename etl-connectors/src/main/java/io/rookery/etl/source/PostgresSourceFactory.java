package io.rookery.etl.source;

import io.rookery.api.ForeignKey;
import io.rookery.api.Source;
import io.rookery.api.SourceFactory;
import io.rookery.api.SourceRequest;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** Makes sources of connections of the kind {@code postgres}. */
public final class PostgresSourceFactory implements SourceFactory {
    /** Of one table; the columns in the order of the primary key that they refer to. */
    private static final String FOREIGN_KEYS =
            """
            SELECT k.conname,
                   (SELECT array_agg(a.attname::text ORDER BY array_position(
                               string_to_array(i.indkey::text, ' ')::int2[], pair.theirs))
                    FROM unnest(k.conkey, k.confkey) AS pair(ours, theirs)
                    JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = pair.ours),
                   n.nspname || '.' || c.relname
            FROM pg_constraint k
            JOIN pg_class c ON c.oid = k.confrelid
            JOIN pg_namespace n ON n.oid = c.relnamespace
            JOIN pg_index i ON i.indexrelid = k.conindid AND i.indisprimary
            WHERE k.contype = 'f' AND k.conrelid = to_regclass(?)
            ORDER BY k.conname
            """;

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

    @Override
    public List<ForeignKey> foreignKeys(SourceRequest request) {
        PostgresConnection settings = PostgresConnection.of(request);
        try (Connection connection = settings.open();
                PreparedStatement statement = connection.prepareStatement(FOREIGN_KEYS)) {
            List<ForeignKey> keys = new ArrayList<>();
            for (String table : request.tables()) {
                statement.setString(1, PostgresCheck.quoted(table));
                try (ResultSet rows = statement.executeQuery()) {
                    while (rows.next()) {
                        String[] columns = (String[]) rows.getArray(2).getArray();
                        keys.add(new ForeignKey(rows.getString(1), table, List.of(columns), rows.getString(3)));
                    }
                }
            }
            return keys;
        } catch (SQLException e) {
            throw SourceFailures.of(settings, e);
        }
    }
}
