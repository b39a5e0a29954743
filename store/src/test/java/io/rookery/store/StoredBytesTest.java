package io.rookery.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rookery.api.Checkpoint;
import io.rookery.api.Due;
import io.rookery.api.Json;
import io.rookery.api.Operation;
import io.rookery.store.rocks.Space;
import io.rookery.store.rocks.StoreFailure;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The stored formats byte by byte. A test that fails here means that existing stores cannot be read: add a version. */
class StoredBytesTest {
    private static final FeedRecord RECORD = new FeedRecord(9, Operation.UPDATE, 3, 7, 1_000, 2, 5, "o/é");

    private static final String GOLDEN_HASH = "39536eb92d36549dfd0767375ed9a427";

    @Test
    void shouldKeepDocumentsFormat() {
        StoredDocument document = StoredDocument.of(RECORD, Json.parse("{}"), Due.NEVER);

        assertThat(hex(document.value()))
                .isEqualTo("01" + "55" + "00000003" + "0000000000000009" + "00000000000003e8" + "0000000000000007"
                        + "7b7d");
        StoredDocument read = StoredDocument.read(document.value());
        assertThat(read).usingRecursiveComparison().isEqualTo(document);
        assertThat(read.body()).isEqualTo(Json.parse("{}"));
        assertThat(read.bodyBytes()).isEqualTo(2);
    }

    @Test
    void shouldKeepFormatOfDocumentsThatAreDue() {
        StoredDocument document = StoredDocument.of(RECORD, Json.parse("{}"), new Due(4_096, 1));

        assertThat(hex(document.value()))
                .isEqualTo("02" + "55" + "00000003" + "0000000000000009" + "00000000000003e8" + "0000000000000007"
                        + "0000000000001000" + "0000000000000001" + "7b7d");
        assertThat(StoredDocument.read(document.value()))
                .usingRecursiveComparison()
                .isEqualTo(document);
        assertThat(document.body()).isEqualTo(Json.parse("{}"));
        assertThat(document.bodyBytes()).isEqualTo(2);
        ExchangeRecord value = new ExchangeRecord(7, Json.parse("{}"), 4_096);
        assertThat(hex(value.write())).isEqualTo("02" + "0000000000000007" + "0000000000001000" + "7b7d");
        assertThat(ExchangeRecord.read(value.write())).isEqualTo(value);
        assertThat(hex(Keys.due(DueKind.EXPIRE, 258, "o"))).isEqualTo("44" + "45" + "0000000000000102" + "6f");
        assertThat(Stream.of(DueKind.values()).map(DueKind::letter)).containsExactly('E', 'R', 'X', 'P');
        assertThat(Keys.dueName(Keys.due(DueKind.EXPIRE, 258, "é"))).isEqualTo("é");
    }

    @Test
    void shouldKeepRevisionsFormats() {
        RevisionPolicy.Rule rule = new RevisionPolicy.Rule(false, 5, -1, true, 100);
        RevisionPolicy policy = new RevisionPolicy(rule, new TreeMap<>(Map.of("Ä", rule)));

        String bytes = "00" + "01" + "0000000000000005" + "ffffffffffffffff" + "00000064";
        assertThat(hex(policy.write())).isEqualTo("01" + "01" + bytes + "00000002" + "c384" + bytes);
        assertThat(RevisionPolicy.read(policy.write())).isEqualTo(policy);
        assertThat(RevisionPolicy.read(RevisionPolicy.NONE.write())).isEqualTo(RevisionPolicy.NONE);
        assertThat(hex(Keys.revision("o", 258))).isEqualTo("52" + "6f" + "00" + "0000000000000102");
        assertThat(hex(Keys.revisionId(258))).isEqualTo("51" + "0000000000000102");
        assertThat(hex(Keys.formatted("o"))).isEqualTo("01" + "6f");
        assertThat(hex(Keys.revisionCount("o"))).isEqualTo("56" + "6f");
        assertThat(hex(Keys.REVISIONS) + hex(Keys.REVISION_POLICY)).isEqualTo("57" + "47");
    }

    @Test
    void shouldKeepTombstonesFormat() {
        FeedRecord deleted = new FeedRecord(9, Operation.DELETE, 3, 7, 1_000, 0, 5, "o");

        assertThat(hex(StoredDocument.of(deleted, null, Due.NEVER).value()))
                .isEqualTo("01" + "44" + "00000003" + "0000000000000009" + "00000000000003e8" + "0000000000000007");
    }

    @Test
    void shouldKeepFeedsFormat() {
        assertThat(hex(RECORD.write()))
                .isEqualTo("01" + "55" + "00000003" + "0000000000000007" + "00000000000003e8" + "00000002" + "00000005"
                        + "6f2fc3a9");
        assertThat(FeedRecord.read(9, RECORD.write())).isEqualTo(RECORD);
    }

    @Test
    void shouldKeepTasksFormat() {
        TaskRecord fenced = new TaskRecord(4, null);
        TaskRecord saved = new TaskRecord(4, new Checkpoint(3, 2, 1));

        assertThat(hex(fenced.write())).isEqualTo("01" + "0000000000000004");
        assertThat(hex(saved.write()))
                .isEqualTo("01" + "0000000000000004" + "0000000000000003" + "0000000000000002" + "0000000000000001");
        assertThat(TaskRecord.read(fenced.write())).isEqualTo(fenced);
        assertThat(TaskRecord.read(saved.write())).isEqualTo(saved);
    }

    @Test
    void shouldKeepIdempotencyFormat() {
        IdempotencyRecord record = new IdempotencyRecord(1, 2, 3, List.of(0L, 5L));

        assertThat(hex(record.write()))
                .isEqualTo("01" + "0000000000000001" + "0000000000000002" + "0000000000000003" + "0000000000000000"
                        + "0000000000000005");
        assertThat(IdempotencyRecord.read(record.write())).isEqualTo(record);
    }

    @Test
    void shouldKeepIdempotencyFormatWithNumbers() {
        IdempotencyRecord record = new IdempotencyRecord(1, 2, 3, List.of(0L, 5L), List.of(9L, 0L));

        assertThat(hex(record.write()))
                .isEqualTo("02" + "0000000000000001" + "0000000000000002" + "0000000000000003" + "0000000000000000"
                        + "0000000000000005" + "0000000000000009" + "0000000000000000");
        assertThat(IdempotencyRecord.read(record.write())).isEqualTo(record);
    }

    @Test
    void shouldKeepCompareExchangeAndIdentityFormats() {
        ExchangeRecord value = new ExchangeRecord(7, Json.parse("{\"Object\":1}"), 0);

        assertThat(hex(value.write())).isEqualTo("01" + "0000000000000007" + "7b224f626a656374223a317d");
        assertThat(ExchangeRecord.read(value.write())).isEqualTo(value);
        assertThat(hex(Counter.bytes(258))).isEqualTo("01" + "0000000000000102");
        assertThat(Counter.read(Counter.bytes(258))).isEqualTo(258);
        assertThat(hex(Keys.exchange("e"))).isEqualTo("58" + "65");
        assertThat(hex(Keys.identity("u/"))).isEqualTo("4e" + "752f");
        assertThat(hex(Keys.EXCHANGE_INDEX)).isEqualTo("45");
    }

    @Test
    void shouldKeepCountersFormat() {
        ShardRecord record = new ShardRecord(1, 2, 3, 4, 5, 6, 7);

        assertThat(hex(record.write()))
                .isEqualTo("01" + "0000000000000001" + "0000000000000002" + "0000000000000003" + "0000000000000004"
                        + "0000000000000005" + "0000000000000006" + "0000000000000007");
        assertThat(ShardRecord.read(record.write())).isEqualTo(record);
    }

    @Test
    void shouldKeepPartsFormat() {
        StagedParts parts = new StagedParts(new UUID(1, 2), new TermIndex(3, 4), 5, 6);

        assertThat(hex(parts.write()))
                .isEqualTo("01" + "0000000000000001" + "0000000000000002" + "0000000000000003" + "0000000000000004"
                        + "00000005" + "00000006");
        assertThat(StagedParts.read(parts.write())).isEqualTo(parts);
        assertThat(hex(Keys.PARTS)).isEqualTo("4c");
        assertThat(hex(Keys.part(258))).isEqualTo("50" + "00000102");
    }

    @Test
    void shouldKeepAppliedPlacesFormat() {
        AppliedRecord record = new AppliedRecord(new TermIndex(1, 2), 3, 4);

        assertThat(hex(record.write()))
                .isEqualTo("01" + "0000000000000001" + "0000000000000002" + "0000000000000003" + "0000000000000004");
        assertThat(AppliedRecord.read(record.write())).isEqualTo(record);
    }

    @Test
    void shouldKeepKeys() {
        assertThat(hex(Keys.APPLIED)).isEqualTo("0041");
        assertThat(hex(Keys.SHARD)).isEqualTo("53");
        assertThat(hex(Keys.feed(258))).isEqualTo("01" + "0000000000000102");
        assertThat(hex(Keys.feedOf(3, 258))).isEqualTo("02" + "00000003" + "0000000000000102");
        assertThat(hex(Keys.history(258))).isEqualTo("0000000000000102");
        assertThat(hex(Keys.collection(3))).isEqualTo("43" + "00000003");
        assertThat(hex(Keys.task("t"))).isEqualTo("54" + "74");
        assertThat(hex(Keys.idempotency("k"))).isEqualTo("49" + "6b");
        assertThat(hex(Keys.idempotencyOrder(1))).isEqualTo("4a" + "0000000000000001");
    }

    @Test
    void shouldKeepStatesHash() {
        StateSum sum = new StateSum(0, 0);
        sum.add(Space.DOCUMENTS, new byte[] {1}, new byte[] {2});
        sum.add(Space.ENTRIES, new byte[] {1}, new byte[] {2});

        assertThat(sum.at(0)).hasToString(GOLDEN_HASH);
        sum.subtract(Space.DOCUMENTS, new byte[] {1}, new byte[] {2});
        sum.subtract(Space.ENTRIES, new byte[] {1}, new byte[] {2});
        assertThat(sum.at(0)).isEqualTo(new StateHash(0, 0, 0));
    }

    @Test
    void shouldRefuseFormatsOfLaterVersions() {
        assertThatThrownBy(() -> FeedRecord.read(1, new byte[] {2, 0}))
                .isInstanceOf(StoreFailure.class)
                .hasMessageContaining("format 1 but found 2");
    }

    private static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }
}
