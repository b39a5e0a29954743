package io.rookery.cluster;

import io.rookery.api.ChangeVector;
import io.rookery.api.Document;
import io.rookery.api.ErrorCode;
import io.rookery.api.Json;
import io.rookery.api.RookeryException;
import io.rookery.api.Write;
import io.rookery.cluster.disk.Disk;
import io.rookery.cluster.disk.Folders;
import io.rookery.cluster.topology.Decision;
import io.rookery.cluster.topology.RecoveredTopology;
import io.rookery.cluster.topology.ShardMove;
import io.rookery.cluster.topology.ShardSplitting;
import io.rookery.cluster.topology.SystemState;
import io.rookery.cluster.topology.Topology;
import io.rookery.store.StoreCopy;
import io.rookery.store.StoreResources;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.apache.ratis.protocol.RaftGroup;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.storage.RaftStorage;

/**
 * One node: its Raft server, its shards, the way to the other nodes. The cluster's own state (nodes, databases, tasks,
 * connections, assignments) are the documents of the system shard, so it is written, read and followed as any other.
 *
 * <p>What the node cannot survive (a log that cannot be written, an entry that cannot be applied, a Raft group that
 * closed itself) ends the process at once with exit code 70 and a line on standard error.
 */
public final class ClusterNode implements AutoCloseable {
    private static final long START_MILLIS = 60_000;
    private static final long CLOSE_MILLIS = 10_000;

    private final ClusterConfig config;
    private final NodeContext node;
    private final StoreResources resources;
    private final Shards shards;
    private final DatabaseAdministration databases;
    private final NodeAdministration nodes;
    private final DatabaseRecords records;
    private final Scrubber scrubber;
    private final Repair repair;
    private final Duties duties;
    private final AppliedWatch applied;
    private final DecisionLog decisions = new DecisionLog();
    private volatile Known known =
            new Known(-1, new Topology(Map.of(), Map.of(), Map.of(), Topology.Supervision.NONE), Map.of());

    /** The topology as of a sequence number of the system shard, and what is made of it once. */
    private record Known(long sequence, Topology topology, Map<String, ShardedDatabase> databases) {}

    private ClusterNode(ClusterConfig config, Tuning tuning, int level) {
        this.config = config;
        Peers peers = new Peers(config.tag(), this::address);
        node = new NodeContext(
                config.tag(),
                new AtomicReference<>(),
                peers,
                Disk.of(config.data()),
                Threads.start(config.tag()),
                tuning,
                config.electionTimeout().toNanos(),
                EntryRoom.of(config.data(), level, tuning.fatal()),
                new FeatureLevel(level),
                config.patience());
        resources = StoreResources.open(config.blockCacheBytes(), config.writeBufferBytes());
        shards = new Shards(node, config.data(), resources);
        NodeWatch watch = new NodeWatch(node, shards);
        SystemLead lead = new SystemLead(node, shards, decisions);
        databases = new DatabaseAdministration(node, lead, watch);
        nodes = new NodeAdministration(node, lead, watch);
        records = new DatabaseRecords(node, shards, this::database);
        scrubber = new Scrubber(node, shards, config.data(), resources);
        repair = new Repair(node, shards);
        Duties.Supervising supervising = new Duties.Supervising(
                new Supervisor(Duties.policy(node), decisions), new ShardSplit(node, shards, watch, decisions));
        duties = new Duties(node, shards, watch, supervising, scrubber);
        applied = new AppliedWatch(node, shards);
    }

    /** Returns when this node answers; a founding one when its cluster of one takes writes. */
    public static ClusterNode start(ClusterConfig config) {
        return start(config, Tuning.PRODUCTION);
    }

    static ClusterNode start(ClusterConfig config, Tuning tuning) {
        return start(config, tuning, FeatureLevel.SUPPORTED);
    }

    /** @param level the feature level that the node can do; another one than this release's in tests only */
    static ClusterNode start(ClusterConfig config, Tuning tuning, int level) {
        ClusterNode started = new ClusterNode(config, tuning, level);
        try {
            started.open();
            return started;
        } catch (IOException e) {
            started.closeSoon();
            throw new UncheckedIOException(e);
        } catch (RuntimeException e) {
            started.closeSoon();
            throw e;
        }
    }

    /** Ratis waits for other nodes to close their streams to this one, which a leader may never do: who could not start must end. */
    private void closeSoon() {
        CompletableFuture.runAsync(this::close)
                .orTimeout(CLOSE_MILLIS, TimeUnit.MILLISECONDS)
                .handle((done, failure) -> null)
                .join();
    }

    private void open() throws IOException {
        Path raft = RaftSettings.raftFolder(config.data());
        Files.createDirectories(raft);
        boolean founding = !config.joining() && Folders.list(raft).isEmpty();
        RaftServer.Builder builder = RaftServer.newBuilder()
                .setServerId(RaftPeerId.valueOf(config.tag()))
                .setProperties(RaftSettings.properties(config, node))
                .setParameters(RaftSettings.parameters(node))
                .setStateMachineRegistry(shards::machine);
        if (founding) {
            ShardDefinition system = ShardDefinition.system(UUID.randomUUID());
            shards.prepareFolder(system);
            RaftPeer self = Members.peer(config.tag(), config.raft());
            builder.setGroup(RaftGroup.valueOf(system.groupId(), self)).setOption(RaftStorage.StartupOption.FORMAT);
        }
        RaftServer server = builder.build();
        node.server().set(server);
        OpenedGroups opened = new OpenedGroups(config.data(), server, shards);
        try {
            server.start();
        } catch (IOException | RuntimeException e) {
            throw opened.notOpened(e);
        }
        opened.expectAll();
        shards.system().ifPresent(node.level()::refresh);
        if (shards.system().isPresent() && isAlone()) {
            found(shards.system().get());
            recover(shards.system().get());
        }
        duties.start();
    }

    private boolean isAlone() {
        return shards.system()
                .flatMap(ReplicatedStore::division)
                .map(division -> NodeWatch.members(division).equals(List.of(config.tag())))
                .orElse(false);
    }

    /** Writes down the founder, unless a start before this one did. */
    private void found(ReplicatedStore system) {
        boolean leads = node.threads().until(START_MILLIS, system::leads).join();
        if (!leads) {
            throw new RookeryException(ErrorCode.NO_LEADER, "The node could not take the lead of its own cluster");
        }
        Optional<Document> self = system.document(SystemState.NODES + config.tag());
        if (self.isEmpty()) {
            Reconciler.commit(
                    system,
                    new Write.PutDocument(
                            "cluster",
                            "@cluster",
                            Json.of(Map.of("id", system.definition().group().toString())),
                            null),
                    node.level().founding(),
                    SystemState.put(
                            new Topology.Node(config.tag(), config.httpUrl(), config.raft()),
                            Set.of(),
                            ChangeVector.NONE));
        }
    }

    /** Finishes a {@link Recovery}: now what the cluster is can be written. */
    private void recover(ReplicatedStore system) throws IOException {
        Map<UUID, UUID> renamed = Recovery.read(config.data());
        if (!renamed.isEmpty()) {
            RecoveredTopology topology =
                    new RecoveredTopology(SystemState.read(system), renamed, config.tag(), System.currentTimeMillis());
            decisions
                    .commit(system, topology.writes(), topology.decisions())
                    .orTimeout(START_MILLIS, TimeUnit.MILLISECONDS)
                    .join();
            Recovery.finish(config.data());
        }
    }

    /** Where a node listens: from the topology, else from the members of some group here. */
    private Optional<String> address(String tag) {
        Topology.Node found = topology().nodes().get(tag);
        if (found != null) {
            return Optional.of(found.raft());
        }
        return shards.all().stream()
                .flatMap(store -> store.division().stream())
                .flatMap(division -> division.getRaftConf().getAllPeers().stream())
                .filter(peer -> peer.getId().toString().equals(tag))
                .map(RaftPeer::getAddress)
                .findFirst();
    }

    public String tag() {
        return config.tag();
    }

    /** The cluster's id, made when it was founded; empty until this node is part of one. */
    public Optional<String> clusterId() {
        return shards.system().map(system -> system.definition().group().toString());
    }

    /** The id that the cluster was founded with: it stays when a {@link Recovery} gave the cluster another one. */
    public Optional<String> foundingId() {
        return shards.system().flatMap(system -> system.document("cluster")).map(cluster ->
                (String) cluster.body().asObject().get("id"));
    }

    /**
     * The system shard; its documents are described in {@link Topology}.
     *
     * @throws RookeryException UNAVAILABLE while this node waits to be added to a cluster
     */
    public ReplicatedStore system() {
        return shards.system()
                .orElseThrow(() -> new RookeryException(
                        ErrorCode.UNAVAILABLE, "Node " + config.tag() + " is not part of a cluster yet"));
    }

    /** This node's replica of a database's shard; empty when it has none. */
    public Optional<ReplicatedStore> shard(String database, int shard) {
        ShardedDatabase known = known().databases().get(database);
        return known == null ? Optional.empty() : known.here(shard);
    }

    /** A database with all its shards, wherever their replicas are; empty when there is none of that name. */
    public Optional<ShardedDatabase> database(String name) {
        return Optional.ofNullable(known().databases().get(name));
    }

    /** What this node knows of the cluster, from its replica of the system shard. */
    public Topology topology() {
        return known().topology();
    }

    private Known known() {
        Optional<ReplicatedStore> system = shards.system();
        if (system.isEmpty()) {
            return known;
        }
        try {
            long head = system.get().head();
            Known current = known;
            if (current.sequence() != head) {
                // read after the head: it may be newer than the number says, never older
                Topology read = SystemState.read(system.get()).topology();
                current = new Known(head, read, databases(read));
                known = current;
            }
            return current;
        } catch (RookeryException e) {
            return known; // the replica is being opened or closed
        }
    }

    private Map<String, ShardedDatabase> databases(Topology read) {
        Map<String, ShardedDatabase> databases = new HashMap<>();
        read.databases().forEach((name, database) -> databases.put(name, new ShardedDatabase(database, node, shards)));
        return databases;
    }

    /** Whether this node has known all there was to know of the cluster since it started; if not, it sees to it. */
    public boolean hasHeard() {
        return shards.system().map(ClusterNode::hasHeard).orElse(false);
    }

    private static boolean hasHeard(ReplicatedStore system) {
        if (!system.hasBeenCurrent()) {
            system.fence();
        }
        return system.hasBeenCurrent();
    }

    /** Grows with every change of the topology, and may grow without one. */
    public long topologyVersion() {
        topology();
        return Math.max(0, known.sequence());
    }

    /**
     * Completes as soon as {@code wanted} members of the shard have applied the index, or after the time, with how many
     * had.
     */
    public CompletableFuture<Integer> appliedBy(ShardAccess shard, long index, int wanted, long millis) {
        return applied.count(shard, index, wanted, millis);
    }

    /** Adds a node that was started with {@code joining}; completes when it votes. Any node takes the call. */
    public CompletableFuture<Void> addNode(Topology.Node added) {
        return nodes.addNode(added);
    }

    /** Removes a node from every group and from the topology. */
    public CompletableFuture<Void> removeNode(String tag) {
        return nodes.removeNode(tag);
    }

    /**
     * Takes everything off a node that others can do as well: it leads no shard and runs no task, its replicas stay.
     * Completes when nothing is left there that can be elsewhere.
     */
    public CompletableFuture<Void> drainNode(String tag) {
        return nodes.markNode(tag, SystemState.DRAINING, true);
    }

    public CompletableFuture<Void> undrainNode(String tag) {
        return nodes.markNode(tag, SystemState.DRAINING, false);
    }

    /** Makes a node a watcher: it does not lead the cluster itself; of databases it may. */
    public CompletableFuture<Void> demoteNode(String tag) {
        return nodes.markNode(tag, SystemState.WATCHER, true);
    }

    public CompletableFuture<Void> promoteNode(String tag) {
        return nodes.markNode(tag, SystemState.WATCHER, false);
    }

    /** While it is suspended, the supervisor moves nothing by itself; what operators ask for is still done. */
    public CompletableFuture<Void> suspendSupervisor(boolean suspended) {
        return nodes.suspendSupervisor(suspended);
    }

    /** The last ones, newest first, as this node's replica of the system shard has them. */
    public List<Decision> decisions() {
        return DecisionLog.read(system());
    }

    /**
     * @param replicas wished number; the database has as many as there are nodes until then, and grows when nodes join
     */
    public CompletableFuture<Void> createDatabase(String name, int replicas) {
        return createDatabase(name, replicas, 1);
    }

    /** @param shards of which each document is in one; a number that stays */
    public CompletableFuture<Void> createDatabase(String name, int replicas, int shards) {
        return databases.createDatabase(name, replicas, shards);
    }

    /** Gives a shard's replica to another node; completes when the first one has none any more. Online. */
    public CompletableFuture<Void> moveShard(ShardMove move) {
        return databases.moveShard(move);
    }

    /**
     * Gives half of a shard's slots, or those that are named, to a new shard. Online: what is asked of them meanwhile waits
     * for a moment, see {@link #whileSlotsMove}. Completes when the new shard has them.
     */
    public CompletableFuture<Void> splitShard(ShardSplitting wanted) {
        return databases.splitShard(wanted);
    }

    /**
     * Attempts something again when it was refused because slots have just moved, as soon as this node knows where to. Each
     * attempt must find the database anew. Nothing of one that was so refused was done, but what it did before may be.
     */
    public <T> CompletableFuture<T> whileSlotsMove(String name, Supplier<CompletableFuture<T>> attempt) {
        return new SlotMoves(
                        node.threads(), () -> known().topology().databases().get(name))
                .follow(attempt);
    }

    public CompletableFuture<Void> deleteDatabase(String name) {
        return databases.deleteDatabase(name);
    }

    /** Gives what is assigned together to another node; completes when that is committed. */
    public CompletableFuture<Void> moveUnit(String unit, String tag) {
        if (!topology().nodes().containsKey(tag)) {
            throw new RookeryException(
                    ErrorCode.BAD_REQUEST,
                    "Expected one of the nodes " + topology().nodes().keySet() + " but found '" + tag + "'");
        }
        return system().fence().thenCompose(ready -> Supervisor.move(system(), decisions, unit, tag));
    }

    /** Every shard that this node has a replica of, the system's too. */
    public List<ReplicatedStore> replicas() {
        return List.copyOf(shards.all());
    }

    /** The volume of this node's data. */
    public Disk disk() {
        return node.disk();
    }

    /**
     * This node's replica of a shard at one moment: as of now, or as of the checkpoint that a call before this one left in
     * the directory, which is on the data's volume. Takes as long as a flush does.
     */
    public StoreCopy copy(ReplicatedStore shard, Path directory) {
        if (!Files.exists(directory)) {
            shard.replica().read(open -> open.checkpoint(directory));
        }
        return StoreCopy.open(directory, shard.tag(), resources);
    }

    /** Has every node read its replicas of the database again, and gives those that answered; see {@link #scrubs}. */
    public CompletableFuture<Set<String>> scrub(String database) {
        return scrubber.start(database, topology().nodes().keySet());
    }

    /** The last scrub of each replica of the database on the nodes that answer. */
    public CompletableFuture<List<ScrubResult>> scrubs(String database) {
        return scrubber.results(database, topology().nodes().keySet());
    }

    /** The last scrub of each replica on this node. */
    public List<ScrubResult> scrubbed() {
        return scrubber.here();
    }

    /** Sets a node's replica aside, so that it is made anew from the others; gives the place where it is kept. */
    public CompletableFuture<String> repair(String database, int shard, String tag) {
        return repair.ask(tag, database, shard);
    }

    /** What the cluster keeps of its databases beside their shards. */
    public DatabaseRecords records() {
        return records;
    }

    /** The newest formats that the cluster may write; see {@code GET /cluster}. */
    public int featureLevel() {
        shards.system().ifPresent(node.level()::refresh);
        return node.level().known();
    }

    /** The newest formats that this node could write. */
    public int supportedLevel() {
        return node.level().supported();
    }

    public NodeMessenger messenger() {
        return node.peers();
    }

    @Override
    public void close() {
        duties.close();
        scrubber.close();
        RaftServer server = node.server().get();
        try {
            if (server != null) {
                server.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            node.peers().close();
            node.threads().close();
            resources.close();
        }
    }
}
