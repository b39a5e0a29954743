package io.rookery.server.http;

import io.rookery.api.Json;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * A member of the outer object of some JSON that is known to be valid, found in its bytes without parsing it.
 *
 * @param value the member's value
 * @param rest the object without the member, otherwise byte for byte the same
 */
record OuterMember(Json value, byte[] rest) {

    /** Null when the object has no such member. */
    static OuterMember find(byte[] object, String name) {
        return new Search(object, name).find();
    }

    /** Walks the names and values of the outer object. */
    private static final class Search {
        private final byte[] object;
        private final String wanted;
        private final byte[] quoted;
        /** Behind the brace or the comma before the member that is looked at. */
        private int from;

        Search(byte[] object, String wanted) {
            this.object = object;
            this.wanted = wanted;
            quoted = ('"' + wanted + '"').getBytes(StandardCharsets.UTF_8);
        }

        OuterMember find() {
            int at = behindSpace(0);
            do {
                from = at + 1;
                int name = behindSpace(from);
                if (object[name] == '}') {
                    return null;
                }
                int nameEnd = behindText(name);
                int value = behindSpace(behindSpace(nameEnd) + 1);
                int valueEnd = behindValue(value);
                at = behindSpace(valueEnd);
                if (isWanted(name, nameEnd)) {
                    return new OuterMember(Json.trusted(Arrays.copyOfRange(object, value, valueEnd)), without(at));
                }
            } while (object[at] == ',');
            return null;
        }

        private boolean isWanted(int name, int end) {
            if (Arrays.equals(object, name, end, quoted, 0, quoted.length)) {
                return true;
            }
            for (int i = name; i < end; i++) {
                if (object[i] == '\\') { // the same name may be written with escapes
                    byte[] escaped = Arrays.copyOfRange(object, name, end);
                    return wanted.equals(Json.trusted(escaped).value());
                }
            }
            return false;
        }

        /** @param end the comma or the brace behind the member */
        private byte[] without(int end) {
            boolean first = object[from - 1] == '{';
            int keptTo = first || object[end] == ',' ? from : from - 1;
            int keptFrom = object[end] == ',' ? end + 1 : end;
            byte[] rest = new byte[keptTo + object.length - keptFrom];
            System.arraycopy(object, 0, rest, 0, keptTo);
            System.arraycopy(object, keptFrom, rest, keptTo, object.length - keptFrom);
            return rest;
        }

        private int behindSpace(int start) {
            int at = start;
            while (object[at] >= 0 && object[at] <= ' ') {
                at++;
            }
            return at;
        }

        private int behindText(int quote) {
            int at = quote + 1;
            while (object[at] != '"') {
                at += object[at] == '\\' ? 2 : 1;
            }
            return at + 1;
        }

        private int behindValue(int start) {
            int at = start;
            int depth = 0;
            while (true) {
                byte here = object[at];
                if (here == '"') {
                    at = behindText(at);
                } else if (here == '}' || here == ']' || here == ',' || (here >= 0 && here <= ' ')) {
                    if (depth == 0) {
                        return at; // behind a number, true, false or null
                    }
                    depth -= here == '}' || here == ']' ? 1 : 0;
                    at++;
                } else {
                    depth += here == '{' || here == '[' ? 1 : 0;
                    at++;
                    continue;
                }
                if (depth == 0) {
                    return at;
                }
            }
        }
    }
}
