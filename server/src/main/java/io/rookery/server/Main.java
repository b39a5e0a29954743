package io.rookery.server;

import io.rookery.server.cli.RookeryCommand;

/** The one entry: {@code rookery COMMAND}. */
public final class Main {
    private Main() {}

    public static void main(String[] args) {
        System.exit(RookeryCommand.run(args));
    }
}
