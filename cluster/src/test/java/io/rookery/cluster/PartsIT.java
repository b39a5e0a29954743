package io.rookery.cluster;

import static io.rookery.cluster.TestCluster.eventually;
import static io.rookery.cluster.TestCluster.get;
import static io.rookery.cluster.TestCluster.put;
import static org.assertj.core.api.Assertions.assertThat;

import io.rookery.api.ErrorCode;
import io.rookery.api.Json;
import io.rookery.api.RookeryException;
import io.rookery.api.Transaction;
import io.rookery.cluster.wire.CommandCodec;
import io.rookery.cluster.wire.OutcomeCodec;
import io.rookery.store.Command;
import io.rookery.store.Outcome;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.StringJoiner;
import java.util.UUID;
import java.util.concurrent.CompletionException;
import org.apache.ratis.protocol.ClientId;
import org.apache.ratis.protocol.Message;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.protocol.RaftClientRequest;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.raftlog.RaftLog;
import org.apache.ratis.thirdparty.com.google.protobuf.UnsafeByteOperations;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Documents that are bigger than a log entry, and their senders and readers that go away in between. */
class PartsIT {
    /** A snapshot after every few entries and no log behind it. */
    private static final Tuning TINY_LOG =
            new Tuning(4, 64L << 20, 1, 1, 64 << 10, 1_000, 3_000, 20_000, message -> {});

    /** Long enough that a busy machine elects nobody in between. */
    private static final Duration ELECTION = Duration.ofSeconds(3);

    @TempDir
    private Path folder;

    private static String body(int megabytes) {
        StringJoiner texts = new StringJoiner("\",\"", "{\"texts\":[\"", "\"]}");
        Random random = new Random(megabytes);
        for (int i = 0; i < megabytes; i++) {
            byte[] text = new byte[1 << 20];
            random.nextBytes(text);
            for (int place = 0; place < text.length; place++) {
                text[place] = (byte) ('A' + (text[place] & 15));
            }
            texts.add(new String(text, StandardCharsets.US_ASCII));
        }
        return texts.toString();
    }

    private static List<byte[]> parts(UUID whole, String id, int megabytes) {
        return CommandCodec.parts(
                whole, CommandCodec.encode(new Command.Commit(TestCluster.transaction(id, body(megabytes)))));
    }

    /** Into the log of a shard that is led here; what the entry came to. */
    private static Outcome append(ReplicatedStore shard, byte[] entry) throws Exception {
        RaftServer server = shard.division().orElseThrow().getRaftServer();
        RaftClientReply reply = get(server.submitClientRequestAsync(RaftClientRequest.newBuilder()
                .setClientId(ClientId.randomId())
                .setServerId(server.getId())
                .setGroupId(shard.definition().groupId())
                .setCallId(1)
                .setType(RaftClientRequest.writeRequestType())
                .setMessage(Message.valueOf(UnsafeByteOperations.unsafeWrap(entry)))
                .build()));
        return OutcomeCodec.decode(
                OutcomeCodec.reply(reply.getMessage().getContent().toByteArray())
                        .outcomes()
                        .get(0));
    }

    /** A busy machine elects while so much is written: that is said to be unknown then, and asked again. */
    private static void putForSure(ReplicatedStore shard, String id, String body) {
        Transaction put = TestCluster.transaction(id, body);
        Transaction keyed = new Transaction(put.reads(), put.writes(), "key of " + id, null, put.timestamp());
        eventually(() -> {
            try {
                return get(shard.commit(keyed)).sequence() > 0;
            } catch (CompletionException e) {
                if (e.getCause() instanceof RookeryException failure
                        && (!failure.outcomeKnown() || failure.code() == ErrorCode.NO_LEADER)) {
                    return false;
                }
                throw e;
            }
        });
    }

    private static void requireDocument(TestCluster cluster, String id, int megabytes) {
        for (ClusterNode node : cluster.nodes()) {
            ReplicatedStore shard = cluster.shard(node.tag(), "shop");
            get(shard.fence());
            assertThat(shard.document(id).map(found -> found.body().equals(Json.parse(body(megabytes)))))
                    .as("%s on %s", id, node.tag())
                    .contains(true);
        }
    }

    private static String other(TestCluster cluster, String tag) {
        return cluster.nodes().stream()
                .map(ClusterNode::tag)
                .filter(one -> !one.equals(tag))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void shouldStoreABigDocumentInSmallEntries() {
        try (TestCluster cluster = TestCluster.of(folder, TestCluster.TUNING, "A", "B", "C")) {
            get(cluster.node("A").createDatabase("shop", 3));
            String leader = cluster.leader("shop");
            String follower = other(cluster, leader);

            putForSure(cluster.shard(leader, "shop"), "small/1", "{}");
            putForSure(cluster.shard(follower, "shop"), "big/1", body(15));
            putForSure(cluster.shard(leader, "shop"), "big/2", body(2));
            putForSure(cluster.shard(follower, "shop"), "small/2", "{}");

            requireDocument(cluster, "big/1", 15);
            requireDocument(cluster, "big/2", 2);
            cluster.assertReplicasEqual("shop");
            UUID group = cluster.shard(leader, "shop").group();
            cluster.stop(follower);
            GroupFiles files = new GroupFiles(cluster.data(follower), group);
            assertThat(files.lastIndex()).isGreaterThan(17);
            assertThat(files.largestEntry()).isBetween(1 << 20, (1 << 20) + 200);
            cluster.start(follower);
            requireDocument(cluster, "big/1", 15);
            cluster.assertReplicasEqual("shop");
        }
    }

    @Test
    void shouldMakeNothingOfPartsWhoseLeaderIsGone() throws Exception {
        try (TestCluster cluster =
                new TestCluster(folder, TestCluster.TUNING).election(ELECTION).startAll("A", "B", "C")) {
            get(cluster.node("A").createDatabase("shop", 3));
            String leader = cluster.leader("shop");
            List<byte[]> parts = parts(UUID.randomUUID(), "big/1", 5);
            for (byte[] part : parts.subList(0, 3)) {
                assertThat(append(cluster.shard(leader, "shop"), part)).isInstanceOf(Outcome.Passed.class);
            }

            cluster.stop(leader);
            eventually(() -> !cluster.leader("shop").equals(leader));
            String next = cluster.leader("shop");
            for (byte[] part : parts.subList(3, parts.size())) {
                assertThat(append(cluster.shard(next, "shop"), part)).isEqualTo(new Outcome.Incomplete());
            }
            putForSure(cluster.shard(next, "shop"), "big/2", body(3));
            cluster.start(leader);

            requireDocument(cluster, "big/2", 3);
            cluster.assertReplicasEqual("shop");
            cluster.nodes().forEach(node -> assertThat(
                            cluster.shard(node.tag(), "shop").document("big/1"))
                    .isEmpty());
        }
    }

    @Test
    void shouldGoOnWithPartsAfterARestartAndASnapshot() throws Exception {
        try (TestCluster cluster =
                new TestCluster(folder, TINY_LOG).election(ELECTION).startAll("A", "B", "C")) {
            get(cluster.node("A").createDatabase("shop", 3));
            String leader = cluster.leader("shop");
            String follower = other(cluster, leader);
            List<byte[]> parts = parts(UUID.randomUUID(), "big/1", 8);
            ReplicatedStore shard = cluster.shard(leader, "shop");
            assertThat(append(shard, parts.get(0))).isInstanceOf(Outcome.Passed.class);

            // one hears of some parts before it goes, of others by a snapshot
            cluster.stop(follower);
            for (byte[] part : parts.subList(1, 6)) {
                assertThat(append(shard, part)).isInstanceOf(Outcome.Passed.class);
            }
            long last = shard.appliedIndex();
            RaftLog log = shard.division().orElseThrow().getRaftLog();
            int small = 0;
            while (log.getStartIndex() <= last) {
                put(shard, "small/" + small++, "{}");
                assertThat(small).isLessThan(500);
            }
            cluster.start(follower);
            assertThat(append(shard, parts.get(6))).isInstanceOf(Outcome.Passed.class);
            eventually(() -> cluster.shard(follower, "shop").appliedIndex() >= shard.appliedIndex());
            assertThat(cluster.shard(follower, "shop").documentsFrom("", null, 1_000))
                    .hasSize(small);
            for (byte[] part : parts.subList(7, parts.size())) {
                assertThat(append(shard, part)).isInstanceOfAny(Outcome.Passed.class, Outcome.Committed.class);
            }

            requireDocument(cluster, "big/1", 8);
            cluster.assertReplicasEqual("shop");
        }
    }
}
