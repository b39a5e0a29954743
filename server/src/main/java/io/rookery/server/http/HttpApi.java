package io.rookery.server.http;

import java.net.InetSocketAddress;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.Semaphore;
import org.eclipse.jetty.http.UriCompliance;
import org.eclipse.jetty.http2.server.HTTP2CServerConnectionFactory;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/** The HTTP server of a node: HTTP/1.1 and HTTP/2 in the clear on one port. */
public final class HttpApi implements AutoCloseable {
    private final Server server;

    private HttpApi(Server server) {
        this.server = server;
    }

    /**
     * @param maxRequests data requests under way at once; more are refused with 429
     * @throws Exception when the address cannot be bound
     */
    public static HttpApi start(InetSocketAddress address, NodeParts parts, int maxRequests) throws Exception {
        Shards shards = new Shards(parts.node());
        Routes routes = new Routes();
        new DocsResource(shards, parts.clock()).addTo(routes);
        new BulkDocsResource(parts.node(), shards, parts.clock()).addTo(routes);
        new CompareExchangeResource(shards, parts.clock()).addTo(routes);
        new IdentityResource(shards, parts.clock()).addTo(routes);
        new HiloResource(shards, parts.node().tag(), parts.clock()).addTo(routes);
        new FeedResource(shards).addTo(routes);
        new SettingsResource(parts.node(), shards).addTo(routes);
        new RevisionsResource(shards).addTo(routes);
        new StatsResource(parts.node(), shards, parts.clock()).addTo(routes);
        new DatabasesResource(parts.node(), shards).addTo(routes);
        new UpkeepResource(parts.node(), shards).addTo(routes);
        new BackupResource(parts.node(), parts.backups(), shards).addTo(routes);
        new HealthResource(parts.node()).addTo(routes);
        ClusterView view = new ClusterView(parts.node());
        new ClusterResource(parts.node(), view).addTo(routes);
        new TopologyResource(parts.node(), view).addTo(routes);
        new SupervisorResource(parts.node()).addTo(routes);
        new ConnectionsResource(parts.catalog(), parts.tasks()).addTo(routes);
        new TasksResource(parts).addTo(routes);
        new ParkedResource(parts.catalog(), parts.questions()).addTo(routes);
        new SupportResource(parts, routes).addTo(routes);
        Metrics metrics = new Metrics(parts.node(), parts.questions()::here);
        metrics.addTo(routes);
        return start(address, new ApiHandler(parts.node(), routes, permits(maxRequests), metrics));
    }

    private static Map<Routes.Pool, Semaphore> permits(int maxRequests) {
        Map<Routes.Pool, Semaphore> permits = new EnumMap<>(Routes.Pool.class);
        permits.put(Routes.Pool.DATA, new Semaphore(maxRequests));
        permits.put(Routes.Pool.ADMIN, new Semaphore(64));
        permits.put(Routes.Pool.FEED, new Semaphore(512));
        return permits;
    }

    /**
     * The same server with another handler: what the benchmark compares with.
     *
     * @throws Exception when the address cannot be bound
     */
    public static HttpApi start(InetSocketAddress address, Handler handler) throws Exception {
        QueuedThreadPool threads = new QueuedThreadPool(24, 4);
        threads.setName("http");
        Server server = new Server(threads);
        HttpConfiguration configuration = new HttpConfiguration();
        configuration.setSendServerVersion(false);
        configuration.setSendDateHeader(false);
        configuration.setRequestHeaderSize(16 << 10);
        // routes split the path before they decode its parts, so a document's id may have an encoded slash in it
        configuration.setUriCompliance(UriCompliance.RFC3986.with(
                "encoded ids",
                UriCompliance.Violation.AMBIGUOUS_PATH_SEPARATOR,
                UriCompliance.Violation.AMBIGUOUS_PATH_ENCODING));
        ServerConnector connector = new ServerConnector(
                server,
                1,
                1,
                new HttpConnectionFactory(configuration),
                new HTTP2CServerConnectionFactory(configuration));
        connector.setHost(address.getHostString());
        connector.setPort(address.getPort());
        connector.setIdleTimeout(120_000);
        connector.setAcceptQueueSize(1_024);
        server.addConnector(connector);
        server.setHandler(handler);
        server.setErrorHandler(new PlainErrors());
        server.setStopTimeout(5_000);
        server.start();
        return new HttpApi(server);
    }

    @Override
    public void close() {
        try {
            server.stop();
        } catch (Exception e) {
            throw new IllegalStateException("The HTTP server did not stop", e);
        }
    }
}
