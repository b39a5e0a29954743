package io.rookery.server.cli;

import java.util.List;

/** Adds commands to the command line; found by ServiceLoader. */
public interface CommandProvider {
    /** Objects with picocli's {@code @Command}, each with a name. */
    List<Object> commands();
}
