package io.rookery.bench;

import java.util.List;
import java.util.Optional;

/** One thing that is measured, with what it is compared to. Opens all that it needs itself, and closes it. */
interface Measure {
    /** For {@code --only}; names of the results begin with it. */
    String name();

    /** What this machine lacks for it, in words, so that it is skipped; empty when it can run. */
    default Optional<String> lacks() {
        return Optional.empty();
    }

    /** Some of its results may be information without a reference or a target. */
    List<Result> run(Session session) throws Exception;
}
