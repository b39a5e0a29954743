package io.rookery.store;

import io.rookery.api.Write;
import io.rookery.store.rocks.Space;

/** Compare-exchange values in a draft. Whether a change is allowed was decided before; see {@link Refusals}. */
final class Exchanges {
    private final Draft draft;
    private final DueIndex due;

    Exchanges(Draft draft) {
        this.draft = draft;
        this.due = new DueIndex(draft);
    }

    /** Null when absent. */
    ExchangeRecord get(String key) {
        byte[] value = draft.get(Space.STATE, Keys.exchange(key));
        return value == null ? null : ExchangeRecord.read(value);
    }

    /** The index that was counted last. */
    long newest() {
        return Counter.read(draft, Keys.EXCHANGE_INDEX);
    }

    /** Sets the value under the next index, which it gives. */
    long put(Write.PutCompareExchange put) {
        long index = next();
        due.change(DueKind.EXCHANGE, put.key(), expires(put.key()), put.expires());
        draft.put(Space.STATE, Keys.exchange(put.key()), new ExchangeRecord(index, put.value(), put.expires()).write());
        return index;
    }

    /** Gives the index of the removal. */
    long delete(String key) {
        due.change(DueKind.EXCHANGE, key, expires(key), 0);
        draft.delete(Space.STATE, Keys.exchange(key));
        return next();
    }

    private long expires(String key) {
        ExchangeRecord known = get(key);
        return known == null ? 0 : known.expires();
    }

    private long next() {
        long index = newest() + 1;
        Counter.write(draft, Keys.EXCHANGE_INDEX, index);
        return index;
    }
}
