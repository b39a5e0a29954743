package io.rookery.samples.shop;

import io.rookery.server.cli.CommandProvider;
import java.util.List;

/** Adds {@code rookery demo} to the command line. */
public final class ShopCommands implements CommandProvider {
    /** Found by ServiceLoader. */
    public ShopCommands() {}

    @Override
    public List<Object> commands() {
        return List.of(new DemoCommand());
    }
}
