package io.rookery.cluster;

import io.rookery.api.Document;
import io.rookery.api.FeedPage;
import io.rookery.api.FeedRequest;
import io.rookery.api.RookeryException;
import io.rookery.store.CompareExchangeValue;
import io.rookery.store.Splits;
import io.rookery.store.StoreStatistics;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What can be asked of a shard's replica, here or on another node. */
public sealed interface ShardQuestion<T> {
    T answer(ReplicatedStore store);

    /**
     * Looked at behind the answer, by what the store was split into until then.
     *
     * @param known how many splits of the shard the asker knows
     * @throws RookeryException SLOTS_MOVED where the answer may lack what is in another shard by now
     */
    default void requireHere(Splits splits, int known) {
        if (splits.count() > known) {
            throw Outcomes.moved("all slots of a time before");
        }
    }

    static void requireAll(Splits splits, List<String> texts) {
        for (String text : texts) {
            if (!splits.owns(text)) {
                throw Outcomes.moved("'" + text + "'");
            }
        }
    }

    /** As many results as ids, in their order. */
    record Documents(List<String> ids) implements ShardQuestion<List<Optional<Document>>> {
        @Override
        public List<Optional<Document>> answer(ReplicatedStore store) {
            return ids.size() == 1 ? List.of(store.document(ids.get(0))) : store.documents(ids);
        }

        @Override
        public void requireHere(Splits splits, int known) {
            requireAll(splits, ids);
        }
    }

    /** Behind {@code after} in order of ids; null: from the first. */
    record DocumentsFrom(String prefix, String after, int limit) implements ShardQuestion<List<Document>> {
        @Override
        public List<Document> answer(ReplicatedStore store) {
            return store.documentsFrom(prefix, after, limit);
        }
    }

    /** As many results as keys, in their order. */
    record Exchanges(List<String> keys) implements ShardQuestion<List<Optional<CompareExchangeValue>>> {
        @Override
        public List<Optional<CompareExchangeValue>> answer(ReplicatedStore store) {
            return keys.stream().map(store::exchange).toList();
        }

        @Override
        public void requireHere(Splits splits, int known) {
            requireAll(splits, keys);
        }
    }

    /** Behind {@code after} in order of keys; null: from the first. */
    record ExchangesFrom(String prefix, String after, int limit) implements ShardQuestion<List<CompareExchangeValue>> {
        @Override
        public List<CompareExchangeValue> answer(ReplicatedStore store) {
            return store.exchanges(prefix, after, limit);
        }
    }

    /** The first ones, in order of their prefixes. */
    record Identities(int limit) implements ShardQuestion<Map<String, Long>> {
        @Override
        public Map<String, Long> answer(ReplicatedStore store) {
            return store.identities(limit);
        }
    }

    /** As many results as keys, in their order. */
    record Entries(List<String> keys) implements ShardQuestion<List<Optional<byte[]>>> {
        @Override
        public List<Optional<byte[]>> answer(ReplicatedStore store) {
            return keys.stream().map(store::entry).toList();
        }
    }

    record Statistics() implements ShardQuestion<ShardStatistics> {
        @Override
        public ShardStatistics answer(ReplicatedStore store) {
            StoreStatistics counts = store.statistics();
            return new ShardStatistics(store.splits().vector(counts.head()).tag(), counts, store.sizeOnDisk());
        }
    }

    record Feed(FeedRequest request) implements ShardQuestion<FeedPage> {
        @Override
        public FeedPage answer(ReplicatedStore store) {
            return store.read(request);
        }
    }
}
