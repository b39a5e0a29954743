package io.rookery.store;

import io.rookery.api.Write;
import java.util.HashMap;
import java.util.Map;

/** What a transaction's changes of compare-exchange values will have left, step by step, before any is written. */
final class PlannedExchanges {
    /** An index that none has stands for an absent value. */
    private static final ExchangeRecord ABSENT = new ExchangeRecord(0, null, 0);

    private final Exchanges exchanges;
    private final Map<String, ExchangeRecord> planned = new HashMap<>();
    private long newest;

    PlannedExchanges(Draft draft) {
        exchanges = new Exchanges(draft);
        newest = exchanges.newest();
    }

    static boolean areChangedBy(Write write) {
        return write instanceof Write.PutCompareExchange || write instanceof Write.DeleteCompareExchange;
    }

    /** Null when the write may be done. */
    Outcome plan(Write write) {
        if (write instanceof Write.PutCompareExchange put) {
            return plan(put.key(), put.expected(), new ExchangeRecord(++newest, put.value(), put.expires()));
        }
        Write.DeleteCompareExchange delete = (Write.DeleteCompareExchange) write;
        newest++;
        return delete.expected() == 0
                ? mismatch(delete.key(), 0, now(delete.key()))
                : plan(delete.key(), delete.expected(), ABSENT);
    }

    private Outcome plan(String key, long expected, ExchangeRecord next) {
        ExchangeRecord now = now(key);
        if (now.index() != expected) {
            return mismatch(key, expected, now);
        }
        planned.put(key, next);
        return null;
    }

    private ExchangeRecord now(String key) {
        ExchangeRecord known = planned.get(key);
        ExchangeRecord stored = known == null ? exchanges.get(key) : known;
        return stored == null ? ABSENT : stored;
    }

    private static Outcome mismatch(String key, long expected, ExchangeRecord now) {
        return new Outcome.Mismatch(key, expected, now.index(), now.value());
    }
}
