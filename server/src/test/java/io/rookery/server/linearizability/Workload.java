package io.rookery.server.linearizability;

import static org.awaitility.Awaitility.await;

import io.rookery.server.process.ServerProcess;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Clients on all nodes, until it is closed. */
final class Workload implements AutoCloseable {
    private static final int CLIENTS_OF_A_NODE = 2;
    private static final int REGISTERS = 5;
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private final History history = new History();
    private final List<RegisterClient> clients = new ArrayList<>();
    private final List<Thread> threads = new ArrayList<>();

    Workload(List<ServerProcess> nodes) {
        for (ServerProcess node : nodes) {
            for (int i = 1; i <= CLIENTS_OF_A_NODE; i++) {
                clients.add(new RegisterClient(node.tag() + i, node.url(), REGISTERS, history));
            }
        }
        clients.forEach(client -> threads.add(new Thread(client, "register client")));
        threads.forEach(Thread::start);
    }

    History history() {
        return history;
    }

    /** Returns when the clients of these nodes have had so many more answers, each node's at least one. */
    void awaitAnswers(int count, List<ServerProcess> nodes) {
        List<Long> before =
                nodes.stream().map(node -> history.answered(node.tag())).toList();
        await().atMost(PATIENCE).until(() -> {
            long more = 0;
            for (int i = 0; i < before.size(); i++) {
                long one = history.answered(nodes.get(i).tag()) - before.get(i);
                if (one == 0) {
                    return false;
                }
                more += one;
            }
            return more >= count;
        });
    }

    /** Returns when so many more requests were refused, or had no answer in time. */
    void awaitUnanswered(int count) {
        long before = history.unanswered();
        await().atMost(PATIENCE).until(() -> history.unanswered() - before >= count);
    }

    @Override
    public void close() {
        clients.forEach(RegisterClient::stop);
        threads.forEach(thread -> {
            try {
                thread.join(PATIENCE.toMillis());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("Interrupted while clients ended", e);
            }
        });
    }
}
