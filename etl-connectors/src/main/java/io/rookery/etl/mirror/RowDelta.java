package io.rookery.etl.mirror;

import io.rookery.api.Json;
import io.rookery.api.RowChange;
import io.rookery.api.RowChange.Kind;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * What a row change means for the stored rows: the row under {@code key} was {@code before} and is {@code after}; null
 * is absent.
 */
record RowDelta(String table, String key, Json before, Json after) {
    boolean isEmpty() {
        return before == null ? after == null : before.equals(after);
    }

    /**
     * Resolves a change against the stored rows. A table without a primary key has rows by the hash of their content and
     * a count, as equal rows may be there several times.
     *
     * @param taken for such a table: whether the n-th of equal rows is there already (by its row key)
     */
    static void resolve(RowChange change, Rows rows, Predicate<String> taken, Consumer<RowDelta> consumer) {
        if (!change.key().isEmpty()) {
            Json moved = moved(change, rows, consumer);
            consumer.accept(keyed(change, rows, moved));
            return;
        }
        if (change.before() != null) {
            consumer.accept(keylessRemoved(change, rows));
        }
        if (change.after() != null) {
            Json after = Json.of(change.after());
            String key = numbered(hash(after), taken);
            consumer.accept(new RowDelta(change.table(), key, rows.json(change.table(), key), after));
        }
    }

    /** Takes the row away from its former key when the key changed; gives what was stored there, or null. */
    private static Json moved(RowChange change, Rows rows, Consumer<RowDelta> consumer) {
        if (change.before() == null
                || !change.before().keySet().containsAll(change.key().keySet())) {
            return null;
        }
        String former = RowKeys.joined(
                change.key().keySet().stream().map(change.before()::get).toList());
        if (former.equals(RowKeys.joined(change.key().values()))) {
            return null;
        }
        Json stored = rows.json(change.table(), former);
        consumer.accept(new RowDelta(change.table(), former, stored, null));
        return stored;
    }

    private static RowDelta keyed(RowChange change, Rows rows, Json moved) {
        String key = RowKeys.joined(change.key().values());
        Json before = rows.json(change.table(), key);
        if (change.kind() == Kind.DELETE) {
            return new RowDelta(change.table(), key, before, null);
        }
        if (change.unavailable().isEmpty()) {
            return new RowDelta(change.table(), key, before, Json.ofUnchanging(change.after()));
        }
        Map<String, Object> merged = new LinkedHashMap<>(change.after());
        for (String column : change.unavailable()) {
            // a change that comes again finds the row at its new key already; what is not sent is never null
            Object value = moved == null ? null : moved.asObject().get(column);
            merged.put(
                    column,
                    value != null || before == null ? value : before.asObject().get(column));
        }
        return new RowDelta(change.table(), key, before, Json.of(merged));
    }

    private static RowDelta keylessRemoved(RowChange change, Rows rows) {
        String hash = hash(Json.of(change.before()));
        String next = numbered(hash, key -> rows.json(change.table(), key) != null);
        int count = Integer.parseInt(next.substring(next.indexOf('/') + 1));
        String last = hash + '/' + Math.max(0, count - 1);
        return new RowDelta(change.table(), last, rows.json(change.table(), last), null);
    }

    private static String numbered(String hash, Predicate<String> taken) {
        int number = 0;
        while (taken.test(hash + '/' + number)) {
            number++;
        }
        return hash + '/' + number;
    }

    private static String hash(Json row) {
        return sha256(row.toString()).substring(0, 32);
    }

    static String sha256(String text) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            return HexFormat.of().formatHex(digest.digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every JDK has SHA-256", e);
        }
    }
}
