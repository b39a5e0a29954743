package io.rookery.server.cli;

import io.rookery.api.ErrorCode;
import io.rookery.api.RookeryException;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.ParameterException;

/** How a command can end; the numbers are those of {@code sysexits.h} where it has one. */
enum ExitCode {
    OK(0, "done"),
    REFUSED(1, "refused: the request, a file or what it names is wrong; nothing to gain by trying again"),
    USAGE(2, "the command line is wrong"),
    UNREACHABLE(69, "no node answered"),
    INTERNAL(70, "an error inside Rookery"),
    TRY_AGAIN(75, "not now: overloaded, no leader, or a disk is full; the same command may work later"),
    CONFIGURATION(78, "the node's configuration is refused");

    private final int number;
    private final String meaning;

    ExitCode(int number, String meaning) {
        this.number = number;
        this.meaning = meaning;
    }

    int number() {
        return number;
    }

    /** What {@code --help} prints. */
    static Map<String, String> descriptions() {
        Map<String, String> descriptions = new LinkedHashMap<>();
        for (ExitCode code : values()) {
            descriptions.put(String.format("%2d", code.number), code.meaning);
        }
        return descriptions;
    }

    static ExitCode of(Throwable failure) {
        if (failure instanceof ApiException api) {
            return api.exitCode();
        }
        if (failure instanceof ParameterException) {
            return USAGE;
        }
        return failure instanceof RookeryException known ? of(known.code()) : INTERNAL;
    }

    /** Of an error that a node answered. What a node could not get from outside (502) is not cured by asking again. */
    static ExitCode ofStatus(int status) {
        return switch (status) {
            case 429, 503, 507 -> TRY_AGAIN;
            case 501, 502 -> REFUSED;
            default -> status < 500 ? REFUSED : INTERNAL;
        };
    }

    private static ExitCode of(ErrorCode code) {
        return code == ErrorCode.BAD_CONFIGURATION ? CONFIGURATION : ofStatus(code.httpStatus());
    }
}
