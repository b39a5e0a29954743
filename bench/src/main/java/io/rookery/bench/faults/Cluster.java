package io.rookery.bench.faults;

import io.rookery.server.process.ServerProcess;
import io.rookery.server.process.ServerProcess.Settings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;

/** The nodes under faults, as processes that are only talked to by HTTP; the nemesis' thread alone changes them. */
final class Cluster implements AutoCloseable {
    static final String DATABASE = "faults";

    /** Less time for the compiler: the nodes share few cores with all clients. */
    private static final List<String> QUICK_START = List.of("-XX:TieredStopAtLevel=1", "-Xshare:auto");

    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private final List<Member> members = new CopyOnWriteArrayList<>();
    /** Nodes that were taken out, whose volumes and control files are used again. */
    private final Map<Integer, Member> former = new HashMap<>();

    private final Make make;
    private final Plan plan;
    private volatile Focus focus = new Focus(0, "");

    private Cluster(Make make, Plan plan) {
        this.make = make;
        this.plan = plan;
    }

    /**
     * How the nodes are made.
     *
     * @param volumes whether each has a file system of its own
     * @param library that is loaded into each; null for none
     * @param word in every command line, by which leftovers are found
     */
    record Make(Path folder, Network network, Janitor janitor, boolean volumes, Path library, String word) {}

    /** The shard that a fault is about, and what puts a document there. */
    private record Focus(int shard, String anchor) {}

    static Cluster start(Make make, Plan plan) {
        Cluster cluster = new Cluster(make, plan);
        make.janitor().finallyKill(make.word());
        try {
            for (int i = 0; i < plan.shape().nodes(); i++) {
                cluster.members.add(cluster.member(i));
            }
            cluster.members.forEach(member -> member.process().awaitReady(PATIENCE));
            cluster.createDatabase();
            return cluster;
        } catch (RuntimeException e) {
            cluster.close();
            throw e;
        }
    }

    private Member member(int number) {
        String tag = String.valueOf((char) ('A' + number));
        Path data = make.folder().resolve(tag).resolve("data");
        Shell.must("mkdir", "-p", data.toString());
        Volume volume = make.volumes() ? Volume.make(data, make.janitor()) : null;
        Map<String, String> environment = new LinkedHashMap<>();
        Preload preload = null;
        if (make.library() != null) {
            preload = Preload.of(make.library(), make.folder().resolve(tag).resolve("control"));
            environment.putAll(preload.environment());
        }
        List<String> options = new ArrayList<>(QUICK_START);
        options.add(make.word());
        Settings settings = new Settings(
                        tag,
                        data,
                        make.network().httpPort(number),
                        make.network().raftPort(number),
                        joined())
                .withSurroundings(make.network().surroundings(number))
                .withOptions(options)
                .withEnvironment(environment);
        if (plan.shape().from() != null) {
            settings = settings.withClassPath(Release.classPath(plan.shape().from()));
        }
        return new Member(number, ServerProcess.start(settings), volume, preload);
    }

    private String joined() {
        return members.isEmpty() ? null : members.get(0).process().url();
    }

    private void createDatabase() {
        Door door = members.get(0).door(Duration.ofSeconds(30));
        int shards = plan.shape().shards();
        String path =
                "/databases/" + DATABASE + "?replicas=" + plan.replicas() + (shards > 1 ? "&shards=" + shards : "");
        await("the database was made", () -> door.put(path, "").isDone());
        awaitHealthy();
    }

    /** Starts one node more, with an empty folder; returns when it serves reads. */
    Member add() {
        int number = IntStream.range(0, places())
                .filter(place -> atPlace(place).isEmpty())
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("Expected a place for one node more but all are taken"));
        Member before = former.remove(number);
        Member added = before == null ? member(number) : again(before);
        added.process().awaitReady(PATIENCE);
        await("node " + added + " serves reads", added::servesReads);
        members.add(added);
        return added;
    }

    private Member again(Member before) {
        before.wipe();
        return before.with(ServerProcess.start(before.process().settings().withJoin(joined())));
    }

    /** Nobody asks this node any more. */
    void forget(Member member) {
        members.removeIf(one -> one.number() == member.number());
        former.put(member.number(), member);
    }

    List<Member> members() {
        return List.copyOf(members);
    }

    List<Member> others(Member member) {
        return members.stream()
                .filter(other -> other.number() != member.number())
                .toList();
    }

    /** One of the nodes that there are now. */
    Member any(Random random) {
        List<Member> now = members();
        return now.get(random.nextInt(now.size()));
    }

    /** The same one as long as no node comes or goes. */
    Member at(int number) {
        List<Member> now = members();
        return now.get(number % now.size());
    }

    /** The node at this place; none where there is none now. */
    Optional<Member> atPlace(int place) {
        return members.stream().filter(member -> member.number() == place).findFirst();
    }

    int places() {
        return plan.places();
    }

    /** Whether a node that joins gets a replica at once. */
    boolean wantsAllNodes() {
        return plan.replicas() > plan.shape().nodes();
    }

    /** Whether its nodes were started from an older checkout. */
    boolean isOfOlderRelease() {
        return plan.shape().from() != null;
    }

    void replace(Member member) {
        members.replaceAll(one -> one.number() == member.number() ? member : one);
    }

    /** From now on, faults are about another shard, as the random numbers have it. */
    void focus(Random random) {
        int shard = random.nextInt(plan.shape().shards());
        focus = new Focus(shard, anchor(shard));
    }

    int shard() {
        return focus.shard();
    }

    /** The path of a document in the shard that a fault is about. */
    String inFocus(String id) {
        return Door.docs(DATABASE, List.of(focus.anchor().isEmpty() ? id : id + '$' + focus.anchor()));
    }

    /** For each shard what puts a document there. */
    List<String> anchors() {
        return IntStream.range(0, plan.shape().shards()).mapToObj(this::anchor).toList();
    }

    /** Of the shards that none of these nodes leads. */
    List<String> anchorsNotLedBy(Set<String> tags) {
        List<String> anchors = anchors();
        return awaitShards().stream()
                .filter(shard -> !tags.contains((String) shard.get("leader")))
                .map(shard -> ((Long) shard.get("shard")).intValue())
                .filter(number -> number < anchors.size())
                .map(anchors::get)
                .toList();
    }

    /** For each shard what puts a document where a split of it moves it. */
    List<String> anchorsOfUpperHalves() {
        return IntStream.range(0, plan.shape().shards())
                .mapToObj(shard -> Anchors.ofUpperHalf(databases(), shard))
                .toList();
    }

    private String anchor(int shard) {
        return Anchors.of(databases(), shard);
    }

    private Answer databases() {
        List<Answer> answers = new ArrayList<>();
        await("a node lists the databases", () -> {
            for (Member member : members) {
                answers.add(member.door().get("/databases"));
                if (answers.get(answers.size() - 1).isDone()) {
                    return true;
                }
            }
            return false;
        });
        return answers.get(answers.size() - 1);
    }

    /** The database's shards as this node sees them; none when it does not answer. */
    List<Map<String, Object>> shardsSeenBy(Member member) {
        return shardsSeenBy(member, DATABASE);
    }

    List<Map<String, Object>> shardsSeenBy(Member member, String database) {
        // longer than it takes to give up on a node that does not answer
        Answer answer = member.door(Duration.ofSeconds(8)).get("/cluster");
        if (!answer.isDone()) {
            return List.of();
        }
        return shards(answer).stream()
                .filter(shard -> database.equals(shard.get("database")))
                .toList();
    }

    List<Map<String, Object>> awaitShards() {
        return awaitShards(DATABASE);
    }

    /** The database's shards, of whoever answers first. */
    List<Map<String, Object>> awaitShards(String database) {
        List<Map<String, Object>> found = new ArrayList<>();
        await("a node shows the shards", () -> {
            members.stream()
                    .map(member -> shardsSeenBy(member, database))
                    .filter(shards -> !shards.isEmpty())
                    .findFirst()
                    .ifPresent(found::addAll);
            return !found.isEmpty();
        });
        return found;
    }

    /** The shard that a fault is about, as this node sees it. */
    Optional<Map<String, Object>> shardSeenBy(Member member) {
        return shardsSeenBy(member).stream()
                .filter(shard -> Long.valueOf(shard()).equals(shard.get("shard")))
                .findFirst();
    }

    /** Who leads the shard that a fault is about as this node sees it. */
    Optional<String> leaderSeenBy(Member member) {
        return shardSeenBy(member).map(shard -> (String) shard.get("leader"));
    }

    @SuppressWarnings("unchecked")
    private static List<Map<String, Object>> shards(Answer answer) {
        return (List<Map<String, Object>>) answer.json().get("shards");
    }

    /** Returns when one of these is known to lead to the first of them that answers. */
    Member awaitLeader(List<Member> among) {
        List<Member> found = new ArrayList<>();
        await("one of " + among + " leads", () -> {
            for (Member asked : among) {
                Optional<String> leader = leaderSeenBy(asked);
                if (leader.isPresent()) {
                    among.stream()
                            .filter(member -> member.tag().equals(leader.get()))
                            .forEach(found::add);
                    return !found.isEmpty();
                }
            }
            return false;
        });
        return found.get(0);
    }

    Member awaitLeader() {
        return awaitLeader(members);
    }

    /** Starts again what has ended; returns what that was. */
    List<String> restartEnded() {
        List<String> ended = new ArrayList<>();
        for (Member member : members) {
            if (!member.process().isAlive()) {
                ended.add("node " + member.tag() + " had ended with exit code "
                        + member.process().exitCode());
                member.process().start();
            }
        }
        return ended;
    }

    /** Returns when every node serves linearizable reads of the database. */
    void awaitHealthy() {
        for (Member member : members) {
            member.process().awaitReady(PATIENCE);
            await("node " + member.tag() + " serves reads", member::servesReads);
        }
    }

    static void await(String what, BooleanSupplier condition) {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - deadline > 0) {
                throw new IllegalStateException("Expected that " + what + ", but it did not within " + PATIENCE);
            }
            LockSupport.parkNanos(50_000_000L);
        }
    }

    @Override
    public void close() {
        members.forEach(member -> member.process().close());
    }
}
