package io.rookery.bench.faults;

import io.rookery.server.process.ServerProcess;
import io.rookery.server.process.ServerProcess.Settings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** The nodes under faults, as processes that are only talked to by HTTP; the nemesis' thread alone changes them. */
final class Cluster implements AutoCloseable {
    static final String DATABASE = "faults";

    /** Less time for the compiler: the nodes share few cores with all clients. */
    private static final List<String> QUICK_START = List.of("-XX:TieredStopAtLevel=1", "-Xshare:auto");

    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private final List<Member> members = new CopyOnWriteArrayList<>();

    /**
     * How the nodes are made.
     *
     * @param volumes whether each has a file system of its own
     * @param library that is loaded into each; null for none
     * @param word in every command line, by which leftovers are found
     */
    record Make(Path folder, Network network, Janitor janitor, boolean volumes, Path library, String word) {}

    static Cluster start(Make make, int count) {
        Cluster cluster = new Cluster();
        make.janitor().finallyKill(make.word());
        try {
            for (int i = 0; i < count; i++) {
                cluster.members.add(cluster.member(make, i));
            }
            cluster.members.forEach(member -> member.process().awaitReady(PATIENCE));
            cluster.createDatabase();
            return cluster;
        } catch (RuntimeException e) {
            cluster.close();
            throw e;
        }
    }

    private Member member(Make make, int number) {
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
        return new Member(number, ServerProcess.start(settings), volume, preload);
    }

    private String joined() {
        return members.isEmpty() ? null : members.get(0).process().url();
    }

    private void createDatabase() {
        Door door = members.get(0).door(Duration.ofSeconds(30));
        await("the database was made", () -> door.put("/databases/" + DATABASE + "?replicas=" + members.size(), "")
                .isDone());
        awaitHealthy();
    }

    List<Member> members() {
        return List.copyOf(members);
    }

    List<Member> others(Member member) {
        return members.stream()
                .filter(other -> other.number() != member.number())
                .toList();
    }

    Member member(int number) {
        return members.get(number);
    }

    void replace(Member member) {
        members.set(member.number(), member);
    }

    /** Who leads the database as this node sees it. */
    Optional<String> leaderSeenBy(Member member) {
        // longer than it takes to give up on a node that does not answer
        Answer answer = member.door(Duration.ofSeconds(8)).get("/cluster");
        if (!answer.isDone()) {
            return Optional.empty();
        }
        return shards(answer).stream()
                .filter(shard -> DATABASE.equals(shard.get("database")))
                .map(shard -> (String) shard.get("leader"))
                .filter(Objects::nonNull)
                .findFirst();
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
