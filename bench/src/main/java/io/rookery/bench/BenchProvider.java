package io.rookery.bench;

import io.rookery.server.cli.CommandProvider;
import java.util.List;

/** Adds {@code bench} to the command line. */
public final class BenchProvider implements CommandProvider {
    @Override
    public List<Object> commands() {
        return List.of(new BenchCommand());
    }
}
