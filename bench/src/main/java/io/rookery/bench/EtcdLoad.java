package io.rookery.bench;

import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.Client;
import io.etcd.jetcd.KV;
import io.etcd.jetcd.maintenance.StatusResponse;
import io.etcd.jetcd.op.Op;
import io.etcd.jetcd.options.PutOption;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/** The same documents for etcd by its Java client, over one connection to the node that leads: more made it slower. */
final class EtcdLoad implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    private final AtomicLong next = new AtomicLong();
    private final Client client;
    private final KV connection;

    private EtcdLoad(Client client) {
        this.client = client;
        connection = client.getKVClient();
    }

    /** Waits until somebody leads. */
    static EtcdLoad connect(Etcd etcd) throws Exception {
        List<String> leader = new ArrayList<>();
        Lap.await(
                () -> {
                    findLeader(etcd, leader);
                    return !leader.isEmpty();
                },
                PATIENCE);
        return new EtcdLoad(Client.builder().endpoints(leader.get(0)).build());
    }

    private static void findLeader(Etcd etcd, List<String> found) throws InterruptedException {
        for (String url : etcd.urls()) {
            if (leads(url)) {
                found.add(url);
            }
        }
    }

    private static boolean leads(String url) throws InterruptedException {
        try (Client client = Client.builder().endpoints(url).build()) {
            StatusResponse status =
                    client.getMaintenanceClient().statusMember(url).get(2, TimeUnit.SECONDS);
            return status.getLeader() != 0
                    && status.getLeader() == status.getHeader().getMemberId();
        } catch (ExecutionException | TimeoutException e) {
            return false; // not up yet
        }
    }

    /** Documents put a second, so many transactions of so many under way. */
    Duel.Side puts(int outstanding, int documents) {
        Supplier<CompletableFuture<?>> put = documents == 1 ? this::put : () -> transaction(documents);
        return duration -> new ClosedLoop(outstanding, put).perSecond(duration) * documents;
    }

    /** Linearizable reads a second of the first documents that were put. */
    Duel.Side gets(int outstanding, int documents) {
        return new ClosedLoop(outstanding, () -> connection
                .get(key(ThreadLocalRandom.current().nextLong(documents)))
                .thenAccept(EtcdLoad::orFail))::perSecond;
    }

    private static void orFail(io.etcd.jetcd.kv.GetResponse answer) {
        if (answer.getKvs().isEmpty()) {
            throw new IllegalStateException("Expected a value but found none");
        }
    }

    private CompletableFuture<?> put() {
        long number = next.getAndIncrement();
        return connection.put(key(number), value(number));
    }

    private CompletableFuture<?> transaction(int documents) {
        Op[] puts = new Op[documents];
        for (int i = 0; i < documents; i++) {
            long number = next.getAndIncrement();
            puts[i] = Op.put(key(number), value(number), PutOption.DEFAULT);
        }
        return connection.txn().Then(puts).commit();
    }

    private static ByteSequence key(long number) {
        return ByteSequence.from(Payload.id(number), StandardCharsets.UTF_8);
    }

    private static ByteSequence value(long number) {
        return ByteSequence.from(HttpWrites.document(number), StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        client.close();
    }
}
