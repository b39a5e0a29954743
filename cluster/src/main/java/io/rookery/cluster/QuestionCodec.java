package io.rookery.cluster;

import io.rookery.api.Change;
import io.rookery.api.Document;
import io.rookery.api.Due;
import io.rookery.api.FeedPage;
import io.rookery.api.FeedRequest;
import io.rookery.api.Json;
import io.rookery.api.Operation;
import io.rookery.cluster.wire.CommandCodec;
import io.rookery.cluster.wire.WireReader;
import io.rookery.cluster.wire.WireWriter;
import io.rookery.store.CompareExchangeValue;
import io.rookery.store.StoreStatistics;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Questions to shards on other nodes and their answers as bytes. Numbers of kinds are never used a second time. */
final class QuestionCodec {
    private static final int DOCUMENTS = 1;
    private static final int DOCUMENTS_FROM = 2;
    private static final int EXCHANGES = 3;
    private static final int EXCHANGES_FROM = 4;
    private static final int IDENTITIES = 5;
    private static final int FEED = 6;
    private static final int ENTRIES = 7;
    private static final int STATISTICS = 8;

    private QuestionCodec() {}

    static void write(WireWriter out, ShardQuestion<?> question) {
        if (question instanceof ShardQuestion.Documents documents) {
            out.octet(DOCUMENTS).texts(documents.ids());
        } else if (question instanceof ShardQuestion.DocumentsFrom from) {
            out.octet(DOCUMENTS_FROM)
                    .text(from.prefix())
                    .optionalText(from.after())
                    .number(from.limit());
        } else if (question instanceof ShardQuestion.Exchanges exchanges) {
            out.octet(EXCHANGES).texts(exchanges.keys());
        } else if (question instanceof ShardQuestion.ExchangesFrom from) {
            out.octet(EXCHANGES_FROM)
                    .text(from.prefix())
                    .optionalText(from.after())
                    .number(from.limit());
        } else if (question instanceof ShardQuestion.Identities identities) {
            out.octet(IDENTITIES).number(identities.limit());
        } else if (question instanceof ShardQuestion.Entries entries) {
            out.octet(ENTRIES).texts(entries.keys());
        } else if (question instanceof ShardQuestion.Statistics) {
            out.octet(STATISTICS);
        } else if (question instanceof ShardQuestion.Feed feed) {
            FeedRequest request = feed.request();
            out.octet(FEED)
                    .number(request.after())
                    .number(request.limit())
                    .number(request.maxBytes())
                    .optionalText(request.collection())
                    .flag(request.before())
                    .number(request.removed());
        }
    }

    static ShardQuestion<?> read(WireReader in) {
        int kind = in.octet();
        return switch (kind) {
            case DOCUMENTS -> new ShardQuestion.Documents(in.texts());
            case DOCUMENTS_FROM -> new ShardQuestion.DocumentsFrom(in.text(), in.optionalText(), (int) in.number());
            case EXCHANGES -> new ShardQuestion.Exchanges(in.texts());
            case EXCHANGES_FROM -> new ShardQuestion.ExchangesFrom(in.text(), in.optionalText(), (int) in.number());
            case IDENTITIES -> new ShardQuestion.Identities((int) in.number());
            case ENTRIES -> new ShardQuestion.Entries(in.texts());
            case STATISTICS -> new ShardQuestion.Statistics();
            case FEED ->
                new ShardQuestion.Feed(new FeedRequest(
                        in.number(), (int) in.number(), in.number(), in.optionalText(), in.flag(), in.number()));
            default -> throw new IllegalStateException("Expected a kind of question but found " + kind);
        };
    }

    /** @param answer what {@link ShardQuestion#answer} of that question gave */
    static void writeAnswer(WireWriter out, ShardQuestion<?> question, Object answer) {
        if (question instanceof ShardQuestion.Documents || question instanceof ShardQuestion.Exchanges) {
            List<?> list = (List<?>) answer;
            out.number(list.size());
            list.forEach(item -> writeOptional(out, (Optional<?>) item));
        } else if (question instanceof ShardQuestion.DocumentsFrom || question instanceof ShardQuestion.ExchangesFrom) {
            List<?> list = (List<?>) answer;
            out.number(list.size());
            list.forEach(item -> writeValue(out, item));
        } else if (question instanceof ShardQuestion.Entries) {
            List<?> list = (List<?>) answer;
            out.number(list.size());
            list.forEach(item -> writeBytes(out, (Optional<?>) item));
        } else if (question instanceof ShardQuestion.Identities) {
            writeNumbers(out, (Map<?, ?>) answer);
        } else if (question instanceof ShardQuestion.Statistics) {
            writeStatistics(out, (ShardStatistics) answer);
        } else {
            writePage(out, (FeedPage) answer);
        }
    }

    @SuppressWarnings("unchecked")
    static <T> T readAnswer(WireReader in, ShardQuestion<T> question) {
        Object answer;
        if (question instanceof ShardQuestion.Documents) {
            answer = list(in, () -> in.flag() ? Optional.of(document(in)) : Optional.<Document>empty());
        } else if (question instanceof ShardQuestion.Exchanges) {
            answer = list(in, () -> in.flag() ? Optional.of(exchange(in)) : Optional.<CompareExchangeValue>empty());
        } else if (question instanceof ShardQuestion.Entries) {
            answer = list(in, () -> in.flag() ? Optional.of(in.bytes()) : Optional.<byte[]>empty());
        } else if (question instanceof ShardQuestion.DocumentsFrom) {
            answer = list(in, () -> document(in));
        } else if (question instanceof ShardQuestion.ExchangesFrom) {
            answer = list(in, () -> exchange(in));
        } else if (question instanceof ShardQuestion.Identities) {
            answer = numbers(in);
        } else if (question instanceof ShardQuestion.Statistics) {
            answer = statistics(in);
        } else {
            answer = page(in);
        }
        in.end();
        return (T) answer;
    }

    /** Reads the next item of a list. */
    private interface Next<T> {
        T read();
    }

    private static <T> List<T> list(WireReader in, Next<T> next) {
        int count = in.count();
        List<T> all = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            all.add(next.read());
        }
        return all;
    }

    private static void writeOptional(WireWriter out, Optional<?> item) {
        out.flag(item.isPresent());
        item.ifPresent(value -> writeValue(out, value));
    }

    private static void writeNumbers(WireWriter out, Map<?, ?> numbers) {
        out.number(numbers.size());
        numbers.forEach((name, number) -> out.text((String) name).number((Long) number));
    }

    private static Map<String, Long> numbers(WireReader in) {
        Map<String, Long> numbers = new LinkedHashMap<>();
        for (int i = in.count(); i > 0; i--) {
            numbers.put(in.text(), in.number());
        }
        return numbers;
    }

    private static void writeStatistics(WireWriter out, ShardStatistics statistics) {
        StoreStatistics counts = statistics.counts();
        out.text(statistics.tag());
        writeNumbers(out, counts.documents());
        out.number(counts.tombstones())
                .number(counts.head())
                .number(counts.windowStart())
                .number(counts.oldestCheckpoint())
                .number(counts.revisions())
                .number(statistics.size());
    }

    private static ShardStatistics statistics(WireReader in) {
        return new ShardStatistics(
                in.text(),
                new StoreStatistics(numbers(in), in.number(), in.number(), in.number(), in.number(), in.number()),
                in.number());
    }

    private static void writeBytes(WireWriter out, Optional<?> bytes) {
        out.flag(bytes.isPresent());
        bytes.ifPresent(value -> out.bytes((byte[]) value));
    }

    private static void writeValue(WireWriter out, Object value) {
        if (value instanceof Document document) {
            out.text(document.id()).text(document.collection());
            CommandCodec.changeVector(out, document.changeVector());
            out.number(document.lastModified())
                    .bytes(document.body().bytes())
                    .number(document.due().expires())
                    .number(document.due().refresh());
        } else {
            CompareExchangeValue exchange = (CompareExchangeValue) value;
            out.text(exchange.key()).number(exchange.index());
            writeJson(out, exchange.value());
        }
    }

    private static Document document(WireReader in) {
        return new Document(
                in.text(),
                in.text(),
                CommandCodec.changeVector(in),
                in.number(),
                Json.trusted(in.bytes()),
                new Due(in.number(), in.number()));
    }

    private static CompareExchangeValue exchange(WireReader in) {
        return new CompareExchangeValue(in.text(), in.number(), json(in));
    }

    private static void writePage(WireWriter out, FeedPage page) {
        out.number(page.last()).number(page.head()).number(page.removed());
        out.number(page.changes().size());
        for (Change change : page.changes()) {
            out.number(change.sequence())
                    .text(change.operation().name())
                    .text(change.id())
                    .text(change.collection())
                    .number(change.timestamp());
            writeJson(out, change.document());
            writeJson(out, change.before());
        }
    }

    private static FeedPage page(WireReader in) {
        long last = in.number();
        long head = in.number();
        long removed = in.number();
        List<Change> changes = list(
                in,
                () -> new Change(
                        in.number(),
                        Operation.valueOf(in.text()),
                        in.text(),
                        in.text(),
                        in.number(),
                        json(in),
                        json(in),
                        null));
        return new FeedPage(changes, last, head, removed);
    }

    private static void writeJson(WireWriter out, Json json) {
        out.flag(json != null);
        if (json != null) {
            out.bytes(json.bytes());
        }
    }

    private static Json json(WireReader in) {
        return in.flag() ? Json.trusted(in.bytes()) : null;
    }
}
