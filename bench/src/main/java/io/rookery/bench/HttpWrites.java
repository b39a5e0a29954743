package io.rookery.bench;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongFunction;
import java.util.function.Supplier;

/** Requests that write the documents of {@link Payload}. */
record HttpWrites(String database, int documents) implements Supplier<byte[]> {
    private static final AtomicLong NEXT = new AtomicLong();

    @Override
    public byte[] get() {
        if (documents == 1) {
            long number = NEXT.getAndIncrement();
            return HttpLoad.request(
                    "PUT",
                    "/databases/" + database + "/docs?id=items%2F"
                            + Payload.id(number).substring("items/".length()),
                    document(number).getBytes(StandardCharsets.UTF_8));
        }
        return HttpLoad.request(
                "POST",
                "/databases/" + database + "/bulk_docs",
                bulk(NEXT.getAndAdd(documents), documents).getBytes(StandardCharsets.UTF_8));
    }

    /** The body of one transaction that puts some documents. */
    static String bulk(long from, int count) {
        return bulk(from, count, HttpWrites::document);
    }

    /** @param document of a number, as it is sent */
    static String bulk(long from, int count, LongFunction<String> document) {
        StringBuilder body = new StringBuilder("{\"Commands\":[");
        for (long number = from; number < from + count; number++) {
            body.append(number == from ? "" : ",")
                    .append("{\"Type\":\"PUT\",\"Id\":\"")
                    .append(Payload.id(number))
                    .append("\",\"Document\":")
                    .append(document.apply(number))
                    .append('}');
        }
        return body.append("]}").toString();
    }

    /** The document of that number as it is sent. */
    static String document(long number) {
        String metadata = io.rookery.api.Json.of(Map.of("@collection", Payload.COLLECTION))
                .toString();
        return "{\"@metadata\":" + metadata + ','
                + Payload.body(number).toString().substring(1);
    }
}
