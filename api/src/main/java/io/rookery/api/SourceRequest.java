package io.rookery.api;

import java.util.List;

/**
 * What a source is made from.
 *
 * @param cluster the cluster's id; part of the replication slot's name
 * @param name the connection's name
 * @param connection the connection's settings with variables and secrets filled in
 * @param tables {@code schema.table} of every table that some task uses
 */
public record SourceRequest(String cluster, String name, Setting connection, List<String> tables) {
    public SourceRequest {
        tables = List.copyOf(tables);
    }
}
