package io.rookery.server;

import io.rookery.cluster.ClusterConfig;
import io.rookery.cluster.ClusterNode;
import io.rookery.etl.mirror.SourceRunner;
import io.rookery.etl.route.TaskEnvironment;
import io.rookery.etl.route.TaskHost;
import io.rookery.server.backup.Backups;
import io.rookery.server.http.HttpApi;
import io.rookery.server.http.NodeParts;
import io.rookery.server.tasks.Catalog;
import io.rookery.server.tasks.TaskAdministration;
import io.rookery.server.tasks.TaskErasure;
import io.rookery.server.tasks.TaskQuestions;
import io.rookery.server.tasks.TaskSupervision;
import java.net.InetSocketAddress;
import java.time.Clock;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A node with all its parts, wired top to bottom. What is opened is closed in reverse order. */
public final class Rookery implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Rookery.class);
    private static final int SLOW_THREADS = 4;

    private final Deque<AutoCloseable> opened = new ArrayDeque<>();

    private Rookery() {}

    /** Returns when the node answers requests; it may still wait to be taken into its cluster. */
    public static Rookery start(RookeryConfig config) {
        RecentLog.keep();
        Rookery rookery = new Rookery();
        try {
            rookery.open(config);
            return rookery;
        } catch (RuntimeException e) {
            rookery.close();
            throw e;
        } catch (Exception e) {
            rookery.close();
            throw new IllegalStateException(
                    "The HTTP API could not be started at " + config.http() + ": " + e.getMessage(), e);
        }
    }

    private void open(RookeryConfig config) throws Exception {
        opened.push(DataFolder.lock(config.data()));
        Clock clock = Clock.systemUTC();
        ClusterNode node = opened(ClusterNode.start(cluster(config)));
        Catalog catalog = new Catalog(node, clock);
        TaskEnvironment environment =
                new TaskEnvironment(() -> shortId(node), catalog::connection, System::getenv, catalog::secret, clock);
        TaskHost host = new TaskHost(environment, SourceRunner::new);
        TaskQuestions questions = new TaskQuestions(node, host);
        TaskSupervision supervision = opened(new TaskSupervision(node, catalog, host));
        TaskErasure erasure = opened(new TaskErasure(node, catalog, questions, clock));
        ExecutorService slow = Executors.newFixedThreadPool(SLOW_THREADS, work -> {
            Thread thread = new Thread(work, "administration");
            thread.setDaemon(true);
            return thread;
        });
        opened.push(slow::shutdownNow);
        TaskAdministration tasks = new TaskAdministration(node, catalog, questions, environment, slow);
        Backups backups = opened(new Backups(node, config.backup(), config.data(), clock));
        NodeParts parts = new NodeParts(node, catalog, tasks, questions, backups, clock, config.shown());
        opened(HttpApi.start(resolved(config.http()), parts, config.maxRequests()));
        supervision.start();
        backups.start();
        erasure.start();
        opened(new Joining(config, node)).start();
        LOG.info("Node {} answers at {}", config.node(), config.url());
    }

    private <T extends AutoCloseable> T opened(T part) {
        opened.push(part);
        return part;
    }

    private static ClusterConfig cluster(RookeryConfig config) {
        return new ClusterConfig(
                config.node(),
                config.data(),
                config.raft(),
                config.url(),
                config.join() != null,
                config.electionTimeout(),
                config.blockCache(),
                config.writeBuffer(),
                config.patience());
    }

    /** Names in foreign systems carry the id that the cluster was founded with; its first part keeps them short. */
    private static String shortId(ClusterNode node) {
        return node.foundingId()
                .map(id -> id.substring(0, 8))
                .orElseThrow(() -> new IllegalStateException("A task runs before the node is part of a cluster"));
    }

    private static InetSocketAddress resolved(InetSocketAddress address) {
        return new InetSocketAddress(address.getHostString(), address.getPort());
    }

    @Override
    public void close() {
        while (!opened.isEmpty()) {
            AutoCloseable part = opened.pop();
            try {
                part.close();
            } catch (Exception e) {
                LOG.warn("{} did not close", part.getClass().getSimpleName(), e);
            }
        }
    }
}
