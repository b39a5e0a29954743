package io.rookery.etl.source;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import org.apache.kafka.connect.runtime.WorkerConfig;
import org.apache.kafka.connect.storage.OffsetBackingStore;
import org.apache.kafka.connect.util.Callback;

/**
 * Answers the engine with the offset that it was started with. Where it writes offsets to is nowhere: they are committed
 * with the documents, from the records themselves.
 */
public final class SourceOffsets implements OffsetBackingStore {
    static final String PROPERTY = "rookery.offset";

    private String offset;

    /** Made by the engine, by name. */
    public SourceOffsets() {}

    @Override
    public void configure(WorkerConfig config) {
        offset = (String) config.originals().get(PROPERTY);
    }

    @Override
    public void start() {}

    @Override
    public void stop() {}

    @Override
    public Future<Map<ByteBuffer, ByteBuffer>> get(Collection<ByteBuffer> keys) {
        Map<ByteBuffer, ByteBuffer> found = new HashMap<>();
        if (offset != null) {
            // one engine reads one database: there is one partition, whatever it is called
            keys.forEach(key -> found.put(key, ByteBuffer.wrap(offset.getBytes(StandardCharsets.UTF_8))));
        }
        return CompletableFuture.completedFuture(found);
    }

    @Override
    public Future<Void> set(Map<ByteBuffer, ByteBuffer> values, Callback<Void> callback) {
        if (callback != null) {
            callback.onCompletion(null, null);
        }
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public Set<Map<String, Object>> connectorPartitions(String connector) {
        return Set.of();
    }
}
