package io.rookery.bench.faults;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Another checkout that was built: what its nodes are started with. */
final class Release {
    private Release() {}

    static boolean isBuilt(Path checkout) {
        return Files.isReadable(list(checkout));
    }

    /** As its own launcher has it. */
    static String classPath(Path checkout) {
        try {
            return checkout.toAbsolutePath().resolve("bench/target/classes") + ":"
                    + Files.readString(list(checkout)).strip();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Path list(Path checkout) {
        return checkout.resolve("bench/target/classpath.txt");
    }
}
