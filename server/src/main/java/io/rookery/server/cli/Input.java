package io.rookery.server.cli;

import java.io.Console;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Reads what is too long or too secret for an argument. */
record Input(ApiOptions api) {
    /** From the file; else typed unseen at a terminal; else from standard input. */
    byte[] secret(Path file) {
        Console console = Terminal.find().orElse(null);
        if (file != null || console == null) {
            return read(file);
        }
        char[] typed = console.readPassword("The secret (not shown): ");
        return new String(typed == null ? new char[0] : typed).getBytes(StandardCharsets.UTF_8);
    }

    /** From the file; else from standard input to its end. */
    byte[] read(Path file) {
        if (file != null) {
            return bytes(file);
        }
        try {
            return System.in.readAllBytes();
        } catch (IOException e) {
            throw api.usage("Expected input but could not read it: " + e.getMessage());
        }
    }

    byte[] bytes(Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw api.usage("Expected a file that can be read but found " + file
                    + (Files.exists(file) ? " (" + e.getMessage() + ')' : ", which does not exist"));
        }
    }
}
