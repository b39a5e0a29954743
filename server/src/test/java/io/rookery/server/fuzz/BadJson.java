package io.rookery.server.fuzz;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;
import java.util.Random;

/** Bytes that are no JSON object, or one that is over a limit; whatever the seed says. */
final class BadJson {
    private static final String GOOD =
            "{\"Ids\":[\"a\"],\"Commands\":[{\"Type\":\"PUT\",\"Id\":\"fuzz/1\",\"Document\":{\"a\":[1,2.5,true,null]}}],"
                    + "\"Object\":{\"text\":\"\\u00e4\\n\"},\"tag\":\"B\",\"url\":\"u\",\"raft\":\"r:1\"}";

    private final Random random;

    BadJson(Random random) {
        this.random = random;
    }

    byte[] next() {
        return switch (random.nextInt(16)) {
            case 0 -> GOOD.substring(0, random.nextInt(GOOD.length())).getBytes(UTF_8);
            case 1 -> with("[".repeat(65 + random.nextInt(5_000)) + "]".repeat(65));
            case 2 -> with("9".repeat(1_001 + random.nextInt(5_000)));
            case 3 -> with("1e" + (1_001 + random.nextInt(1_000_000_000)));
            case 4 -> with("\"" + (char) random.nextInt(0x20) + "\"");
            case 5 -> with(pick("NaN", "Infinity", "01", "+1", "1.", ".5", "0x1", "'a'", "undefined", "tru", "-"));
            case 6 -> with("\"\\" + pick("x", "u12", "uzzzz", "ud800", "udc00\\ud800", "'") + "\"");
            case 7 -> ("{\"k\":1," + GOOD.substring(1, GOOD.length() - 1) + ",\"k\":2}").getBytes(UTF_8);
            case 8 -> (GOOD + pick("{}", "]", ",", "x", " 1")).getBytes(UTF_8);
            case 9 ->
                pick("[]", "1", "\"a\"", "null", "true", "", " ", "\ufeff{}", "//c\n{}", "{\"a\":1,}")
                        .getBytes(UTF_8);
            case 10 -> noUtf8();
            case 11 -> GOOD.getBytes(random.nextBoolean() ? java.nio.charset.StandardCharsets.UTF_16LE : UTF_16);
            case 12 -> with("{\"a\":".repeat(65 + random.nextInt(100)) + "1" + "}".repeat(65));
            case 13 -> noise();
            case 14 -> with("[1,2,,3]");
            default -> with("{\"a\" 1}");
        };
    }

    private static final java.nio.charset.Charset UTF_16 = java.nio.charset.StandardCharsets.UTF_16BE;

    private static byte[] with(String value) {
        return ("{\"a\":" + value + "}").getBytes(UTF_8);
    }

    private byte[] noUtf8() {
        byte[] bytes = GOOD.getBytes(UTF_8);
        int at = GOOD.indexOf("fuzz") + random.nextInt(4);
        bytes[at] = (byte) (0xf8 + random.nextInt(8));
        return bytes;
    }

    /** Starts as no JSON does. */
    private byte[] noise() {
        byte[] bytes = new byte[1 + random.nextInt(2_000)];
        random.nextBytes(bytes);
        bytes[0] = (byte) 0xff;
        return Arrays.copyOf(bytes, bytes.length);
    }

    private String pick(String... choices) {
        return choices[random.nextInt(choices.length)];
    }
}
