package io.rookery.transforms;

import java.util.ArrayList;
import java.util.List;
import org.graalvm.polyglot.Value;
import org.graalvm.polyglot.proxy.ProxyArray;
import org.graalvm.polyglot.proxy.ProxyObject;

/** A JSON array as a script sees it; a script's changes go into a copy. */
final class ScriptArray implements ProxyArray {
    private final List<?> original;
    private List<Object> own;

    ScriptArray(List<?> original) {
        this.original = original;
    }

    Object original() {
        return original;
    }

    boolean touched() {
        return own != null;
    }

    /** The elements with what the script has seen of them. */
    List<Object> own() {
        if (own == null) {
            own = new ArrayList<>(original);
        }
        return own;
    }

    @Override
    public Object get(long index) {
        Object seen = Marshalling.toScript((own == null ? original : own).get(Math.toIntExact(index)));
        if (seen instanceof ProxyObject || seen instanceof ProxyArray) {
            own().set((int) index, seen); // the script may change it through us
        }
        return seen;
    }

    @Override
    public void set(long index, Value value) {
        Object element = value.isProxyObject() ? value.asProxyObject() : value;
        if (index == getSize()) {
            own().add(element);
        } else {
            own().set(Math.toIntExact(index), element);
        }
    }

    @Override
    public boolean remove(long index) {
        own().remove(Math.toIntExact(index));
        return true;
    }

    @Override
    public long getSize() {
        return own == null ? original.size() : own.size();
    }
}
