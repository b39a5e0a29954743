package io.rookery.bench;

import io.rookery.api.Json;
import io.rookery.api.Transaction;
import io.rookery.api.Write;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/** Documents of about 1 KB, each as a write to one of {@value #IDS} ids in turn. Any thread. */
final class Payload {
    static final String COLLECTION = "Items";
    private static final int IDS = 1_000_000;
    private static final String FILLER = "The quick brown fox jumps over the lazy dog; 0123456789. ".repeat(16);

    private final AtomicLong next = new AtomicLong();

    static Json body(long number) {
        return Json.of(
                Map.of("number", number, "name", "Item " + number, "city", "Town " + number % 97, "text", FILLER));
    }

    static String id(long number) {
        return "items/" + number % IDS;
    }

    /** The next documents as one transaction. */
    Transaction transaction(int documents) {
        List<Write> writes = new ArrayList<>(documents);
        for (int i = 0; i < documents; i++) {
            long number = next.getAndIncrement();
            writes.add(new Write.PutDocument(id(number), COLLECTION, body(number), null));
        }
        return Transaction.of(writes, System.currentTimeMillis());
    }
}
