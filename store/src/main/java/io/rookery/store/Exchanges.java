package io.rookery.store;

import io.rookery.api.Json;
import io.rookery.store.rocks.Space;

/** Compare-exchange values in a draft. Whether a change is allowed was decided before; see {@link Refusals}. */
final class Exchanges {
    private final Draft draft;

    Exchanges(Draft draft) {
        this.draft = draft;
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
    long put(String key, Json value) {
        long index = next();
        draft.put(Space.STATE, Keys.exchange(key), new ExchangeRecord(index, value).write());
        return index;
    }

    /** Gives the index of the removal. */
    long delete(String key) {
        draft.delete(Space.STATE, Keys.exchange(key));
        return next();
    }

    private long next() {
        long index = newest() + 1;
        Counter.write(draft, Keys.EXCHANGE_INDEX, index);
        return index;
    }
}
