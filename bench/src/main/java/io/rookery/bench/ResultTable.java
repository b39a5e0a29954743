package io.rookery.bench;

import java.util.List;
import java.util.Locale;

/** Results as a person reads them. */
final class ResultTable {
    private static final String HEAD = "%-36s %12s %-8s %12s %7s %7s %s%n";

    private ResultTable() {}

    static String of(List<Result> results) {
        StringBuilder text =
                new StringBuilder(HEAD.formatted("measure", "value", "unit", "reference", "ratio", "target", "met"));
        for (Result result : results) {
            text.append(HEAD.formatted(
                    result.measure(),
                    number(result.value()),
                    result.unit(),
                    number(result.reference()),
                    number(result.ratio()),
                    target(result),
                    result.met() == null ? "" : result.met() ? "yes" : "NO"));
        }
        return text.toString();
    }

    private static String target(Result result) {
        return result.target() == null ? "" : (result.atMost() ? "<=" : ">=") + number(result.target());
    }

    private static String number(Double value) {
        if (value == null) {
            return "";
        }
        return Math.abs(value) >= 100
                ? String.format(Locale.ROOT, "%,.0f", value)
                : String.format(Locale.ROOT, "%.2f", value);
    }
}
