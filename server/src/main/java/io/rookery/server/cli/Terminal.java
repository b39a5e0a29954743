package io.rookery.server.cli;

import java.io.Console;
import java.util.Optional;

/** The terminal that a person sits at, if one does. */
public final class Terminal {
    private Terminal() {}

    /** Empty when input or output are no terminal; on later JDKs because the launcher asks for that console. */
    @SuppressWarnings("SystemConsoleNull")
    public static Optional<Console> find() {
        return Optional.ofNullable(System.console());
    }
}
