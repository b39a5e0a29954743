package io.rookery.bench.faults;

import io.rookery.server.cli.CommandProvider;
import java.util.List;

/** Adds {@code faults} to the command line. */
public final class FaultsProvider implements CommandProvider {
    @Override
    public List<Object> commands() {
        return List.of(new FaultsCommand());
    }
}
