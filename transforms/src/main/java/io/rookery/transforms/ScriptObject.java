package io.rookery.transforms;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.graalvm.polyglot.Value;
import org.graalvm.polyglot.proxy.ProxyArray;
import org.graalvm.polyglot.proxy.ProxyObject;

/** A JSON object as a script sees it; a script's changes go into a copy. */
final class ScriptObject implements ProxyObject {
    private final Map<?, ?> original;
    private Map<String, Object> own;

    ScriptObject(Map<?, ?> original) {
        this.original = original;
    }

    Object original() {
        return original;
    }

    boolean touched() {
        return own != null;
    }

    /** The members with what the script has seen of them: plain values, script objects, script values. */
    Map<String, Object> own() {
        if (own == null) {
            own = new LinkedHashMap<>();
            original.forEach((key, value) -> own.put((String) key, value));
        }
        return own;
    }

    @Override
    public Object getMember(String key) {
        Object member = own == null ? original.get(key) : own.get(key);
        Object seen = Marshalling.toScript(member);
        if (seen instanceof ProxyObject || seen instanceof ProxyArray) {
            own().put(key, seen); // the script may change it through us
        }
        return seen;
    }

    @Override
    public boolean hasMember(String key) {
        return own == null ? original.containsKey(key) : own.containsKey(key);
    }

    @Override
    public Object getMemberKeys() {
        return ProxyArray.fromArray((own == null ? original : own).keySet().toArray());
    }

    @Override
    public void putMember(String key, Value value) {
        own().put(key, value.isProxyObject() ? value.asProxyObject() : value);
    }

    @Override
    public boolean removeMember(String key) {
        boolean there = hasMember(key);
        if (there) {
            own().remove(key);
        }
        return there;
    }

    @Override
    public String toString() {
        return String.valueOf(own == null ? original : Collections.unmodifiableMap(own));
    }
}
