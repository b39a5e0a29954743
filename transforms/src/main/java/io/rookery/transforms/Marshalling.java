package io.rookery.transforms;

import io.rookery.api.ErrorCode;
import io.rookery.api.Limits;
import io.rookery.api.RookeryException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.graalvm.polyglot.Value;

/**
 * Values on their way into a script and out of it. Objects and arrays go in as they are, seen through a copy on write;
 * what comes out unchanged is the same Java value, digit for digit. One instance takes one result out and bounds it.
 */
final class Marshalling {
    private static final int MOST_VALUES = 1_000_000;

    private int values;

    static Object toScript(Object value) {
        if (value instanceof Map<?, ?> map) {
            return new ScriptObject(map);
        }
        if (value instanceof List<?> list) {
            return new ScriptArray(list);
        }
        if (value instanceof BigDecimal number) {
            return number.doubleValue();
        }
        return value instanceof BigInteger number ? (Object) number.doubleValue() : value;
    }

    Object toJava(Value value) {
        return toJava(value, 0);
    }

    private Object toJava(Value value, int depth) {
        if (depth > Limits.JSON_DEPTH || ++values > MOST_VALUES) {
            throw refused(
                    "a value of at most " + Limits.JSON_DEPTH + " levels and " + MOST_VALUES + " values",
                    "a larger or cyclic one");
        }
        if (value.isProxyObject()) {
            return plain(value.asProxyObject(), depth);
        }
        if (value.isNull()) {
            return null;
        }
        if (value.isBoolean()) {
            return value.asBoolean();
        }
        if (value.isString()) {
            return wellFormed(value.asString());
        }
        if (value.isNumber()) {
            return number(value);
        }
        return composite(value, depth);
    }

    private Object composite(Value value, int depth) {
        if (value.isInstant()) {
            return value.invokeMember("toISOString").asString();
        }
        if (value.canExecute()) {
            throw refused("a value", "a function");
        }
        if (value.hasArrayElements()) {
            List<Object> list = new ArrayList<>();
            for (long i = 0; i < value.getArraySize(); i++) {
                list.add(toJava(value.getArrayElement(i), depth + 1));
            }
            return list;
        }
        Map<String, Object> map = new LinkedHashMap<>();
        for (String key : value.getMemberKeys()) {
            Value member = value.getMember(key);
            if (!isUndefined(member) && !member.canExecute()) { // as JSON.stringify
                map.put(wellFormed(key), toJava(member, depth + 1));
            }
        }
        return map;
    }

    private Object plain(Object proxy, int depth) {
        if (proxy instanceof ScriptObject object) {
            if (!object.touched()) {
                return object.original();
            }
            Map<String, Object> map = new LinkedHashMap<>();
            object.own().forEach((key, member) -> map.put(key, inner(member, depth)));
            return map;
        }
        if (proxy instanceof ScriptArray array) {
            if (!array.touched()) {
                return array.original();
            }
            List<Object> list = new ArrayList<>();
            array.own().forEach(element -> list.add(inner(element, depth)));
            return list;
        }
        throw refused("a value", "a function");
    }

    private Object inner(Object member, int depth) {
        if (depth >= Limits.JSON_DEPTH || ++values > MOST_VALUES) {
            throw refused("a value of at most " + Limits.JSON_DEPTH + " levels", "a larger or cyclic one");
        }
        if (member instanceof Value value) {
            return toJava(value, depth + 1);
        }
        return member instanceof ScriptObject || member instanceof ScriptArray ? plain(member, depth + 1) : member;
    }

    private static boolean isUndefined(Value value) {
        return value.isNull() && "undefined".equals(value.toString());
    }

    private static Object number(Value value) {
        if (value.fitsInLong()) {
            return value.asLong();
        }
        if (value.fitsInDouble()) {
            double number = value.asDouble();
            return Double.isFinite(number) ? number : null; // as JSON.stringify
        }
        return value.asBigInteger();
    }

    /** Half a surrogate pair has no UTF-8. */
    private static String wellFormed(String text) {
        for (int i = 0; i < text.length(); i++) {
            char at = text.charAt(i);
            if (Character.isSurrogate(at)) {
                if (Character.isLowSurrogate(at)
                        || i + 1 == text.length()
                        || !Character.isLowSurrogate(text.charAt(++i))) {
                    throw refused("well-formed text", "half a surrogate pair");
                }
            }
        }
        return text;
    }

    private static RookeryException refused(String expected, String found) {
        return new RookeryException(
                ErrorCode.CHANGE_REJECTED, "Expected " + expected + " from the script but found " + found);
    }
}
