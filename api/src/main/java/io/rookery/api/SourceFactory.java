package io.rookery.api;

import java.util.List;

/** Makes sources of one kind of database; found by ServiceLoader. */
public interface SourceFactory {
    /** The connection's kind, such as {@code postgres}. */
    String connectionKind();

    /** Checks the settings and makes the source; does no I/O. */
    Source create(SourceRequest request);

    /**
     * Connects and looks whether the source can be read.
     *
     * @return what is wrong, each with the SQL that mends it; empty when all is well
     */
    List<String> check(SourceRequest request);

    /**
     * Connects and reads the foreign keys of the request's tables that refer to a primary key.
     *
     * @throws RookeryException as {@link Source#run}
     */
    List<ForeignKey> foreignKeys(SourceRequest request);
}
