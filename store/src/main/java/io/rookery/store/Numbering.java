package io.rookery.store;

import io.rookery.api.ChangeVector;
import io.rookery.api.Transaction;
import io.rookery.api.Write;
import io.rookery.store.rocks.Space;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Plans what identities give to a transaction before anything of it is written: each numbered document becomes a put of
 * one id that no document has, so that everything behind this knows only plain puts.
 */
final class Numbering {
    private final Draft draft;
    private final SortedMap<String, Long> last = new TreeMap<>();
    private final Set<String> taken = new HashSet<>();
    private final List<Long> numbers = new ArrayList<>();
    private final List<Write> writes = new ArrayList<>();

    Numbering(Draft draft) {
        this.draft = draft;
    }

    static boolean isNeededBy(Transaction transaction) {
        for (Write write : transaction.writes()) {
            if (write instanceof Write.PutNumbered
                    || write instanceof Write.TakeNumber
                    || write instanceof Write.SeedNumber) {
                return true;
            }
        }
        return false;
    }

    /** The same transaction with ids; {@link #numbers} are known then. */
    Transaction plan(Transaction transaction) {
        for (Write write : transaction.writes()) {
            if (write instanceof Write.PutDocument put) {
                taken.add(put.id()); // by the same transaction, before or after
            }
        }
        transaction.writes().forEach(this::plan);
        return new Transaction(
                transaction.reads(),
                writes,
                transaction.idempotencyKey(),
                transaction.fence(),
                transaction.timestamp());
    }

    private void plan(Write write) {
        if (write instanceof Write.PutNumbered put) {
            long number = free(put.prefix(), last(put.prefix()));
            String id = put.prefix() + number;
            taken.add(id);
            count(put.prefix(), number);
            writes.add(new Write.PutDocument(id, put.collection(), put.body(), ChangeVector.NONE, put.due()));
            return;
        }
        if (write instanceof Write.TakeNumber take) {
            count(take.prefix(), last(take.prefix()) + 1);
        } else if (write instanceof Write.SeedNumber seed) {
            long known = last(seed.prefix());
            count(seed.prefix(), seed.force() ? seed.value() : Math.max(known, seed.value()));
        } else {
            numbers.add(0L);
        }
        writes.add(write);
    }

    private void count(String prefix, long number) {
        last.put(prefix, number);
        numbers.add(number);
    }

    private long last(String prefix) {
        Long planned = last.get(prefix);
        return planned == null ? Counter.read(draft, Keys.identity(prefix)) : planned;
    }

    /** A free number behind {@code last}, found in steps that double and then halve: nobody waits for a walk. */
    private long free(String prefix, long last) {
        long used = last;
        long free = last + 1;
        for (long step = 1; isTaken(prefix + free); step *= 2) {
            used = free;
            free += step;
        }
        while (free - used > 1) {
            long middle = used + (free - used) / 2;
            if (isTaken(prefix + middle)) {
                used = middle;
            } else {
                free = middle;
            }
        }
        return free;
    }

    private boolean isTaken(String id) {
        byte[] value = draft.get(Space.DOCUMENTS, Keys.text(id));
        return taken.contains(id)
                || (value != null && !StoredDocument.read(value).isTombstone());
    }

    /** One for each write; see {@link io.rookery.api.CommitResult#numbers()}. */
    Long[] numbers() {
        return numbers.toArray(Long[]::new);
    }

    void save() {
        last.forEach((prefix, number) -> Counter.write(draft, Keys.identity(prefix), number));
    }
}
