package io.rookery.bench.faults;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A node is down while another database gets so many documents that the others' log no longer has what it lacks. It is started,
 * and killed while a snapshot arrives, five times, later and later; then it must have all and answer linearizable reads.
 *
 * @param writes documents that it misses
 */
record Install(long writes) implements Nemesis {
    private static final String DATABASE = "install";
    private static final int KILLS = 5;
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Duration LONGEST = Duration.ofMinutes(2);
    private static final Pattern SEGMENT = Pattern.compile("log_(?:inprogress_)?(\\d+).*");

    @Override
    public String name() {
        return "install";
    }

    @Override
    public void strike(Stage stage, Incident incident) {
        Cluster cluster = stage.cluster();
        List<Member> members = cluster.members();
        Set<Path> before = groups(members.get(0));
        create(cluster);
        Member leader = leader(cluster);
        Member victim = cluster.others(leader).get(0);
        incident.target(victim);
        Path group = newGroup(members.get(0), before);
        long had = (Long) cluster.shardsSeenBy(leader, DATABASE).get(0).get("applied");
        victim.process().kill();
        Bulk bulk = new Bulk(cluster.others(victim), DATABASE, writes);
        incident.note(bulk.write());
        expectPurged(cluster.others(victim), group, had, incident);
        for (int kill = 1; kill <= KILLS; kill++) {
            // at its beginning, then later and later
            long least = 1 + writes * Bulk.DOCUMENT_BYTES * (kill - 1) / 10;
            killDuringInstall(victim, new Arrival(data(victim).resolve("raft").resolve(group), least), incident);
        }
        comeBack(cluster, victim, bulk, incident);
        Verdict hashes = new Verdict(DATABASE, Tally.NONE);
        StateHashes.check(cluster, DATABASE, hashes);
        hashes.violations().forEach(incident::blame);
        incident.note("state hashes: " + hashes.json());
        members.get(0).door(PATIENCE).send(new Door.Ask("DELETE", "/databases/" + DATABASE, null, Map.of()));
    }

    private static void create(Cluster cluster) {
        Door door = cluster.at(0).door(PATIENCE);
        String path = "/databases/" + DATABASE;
        Cluster.await("the database " + DATABASE + " was made", () -> door.put(
                        path + "?replicas=" + cluster.members().size(), "")
                .isDone());
        cluster.members()
                .forEach(member -> Cluster.await("node " + member + " has the database " + DATABASE, () -> member.door()
                        .get(Door.docs(DATABASE, List.of("none")))
                        .isAbsent()));
    }

    private static Member leader(Cluster cluster) {
        List<Member> found = new ArrayList<>();
        Cluster.await("somebody leads " + DATABASE, () -> {
            for (Map<String, Object> shard : cluster.shardsSeenBy(cluster.at(0), DATABASE)) {
                cluster.members().stream()
                        .filter(member -> member.tag().equals(shard.get("leader")))
                        .forEach(found::add);
            }
            return !found.isEmpty();
        });
        return found.get(0);
    }

    private static Path data(Member member) {
        return member.process().settings().data();
    }

    private static Set<Path> groups(Member member) {
        Set<Path> names = new TreeSet<>();
        list(data(member).resolve("raft")).forEach(folder -> names.add(folder.getFileName()));
        return names;
    }

    private static Path newGroup(Member member, Set<Path> before) {
        return groups(member).stream()
                .filter(name -> !before.contains(name))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("Expected a folder for a new group at node " + member));
    }

    private static List<Path> list(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.sorted().toList();
        } catch (IOException e) {
            return List.of();
        }
    }

    /** Otherwise the node would come back by the log. */
    private static void expectPurged(List<Member> others, Path group, long had, Incident incident) {
        for (Member member : others) {
            Path log = data(member).resolve("raft").resolve(group).resolve("current");
            Cluster.await("node " + member + " purged its log", () -> {
                member.door().put(Door.docs(DATABASE, List.of("nudge")), "{}");
                return firstIndex(log) > had + 1;
            });
            incident.prove(
                    true,
                    "the log of " + member + " begins at " + firstIndex(log) + ", the node that was down had " + had);
        }
    }

    private static long firstIndex(Path log) {
        return list(log).stream()
                .map(file -> SEGMENT.matcher(file.getFileName().toString()))
                .filter(Matcher::matches)
                .mapToLong(segment -> Long.parseLong(segment.group(1)))
                .min()
                .orElse(0);
    }

    /** @param least bytes of a snapshot that have come when the node is killed */
    private record Arrival(Path raft, long least) {}

    private static void killDuringInstall(Member victim, Arrival arrival, Incident incident) {
        Path raft = arrival.raft();
        List<Path> installed = list(raft.resolve("sm"));
        List<Path> leftovers = list(raft.resolve("tmp"));
        victim.process().start();
        long deadline = System.nanoTime() + LONGEST.toNanos();
        while (received(raft, leftovers) < arrival.least() && System.nanoTime() - deadline < 0) {
            Stage.hold(Duration.ofMillis(2));
        }
        victim.process().kill();
        long received = received(raft, leftovers);
        incident.prove(
                received >= arrival.least() && list(raft.resolve("sm")).equals(installed),
                "killed with " + received + " bytes of a snapshot received and none in place");
    }

    /** Bytes of a snapshot that is on its way, and not of one that was. */
    private static long received(Path raft, List<Path> leftovers) {
        try (Stream<Path> files = Files.walk(raft.resolve("tmp"))) {
            return files.filter(file -> file.toString().contains("snapshot."))
                    .filter(file -> leftovers.stream().noneMatch(file::startsWith))
                    .mapToLong(file -> file.toFile().length())
                    .sum();
        } catch (IOException | UncheckedIOException e) {
            return 0; // it is just being made or moved
        }
    }

    private void comeBack(Cluster cluster, Member victim, Bulk bulk, Incident incident) {
        long since = System.nanoTime();
        victim.process().start();
        String last = Door.docs(DATABASE, List.of(Bulk.id(writes - 1)));
        Cluster.await(
                "node " + victim + " answers linearizable reads of what it missed",
                () -> victim.door().get(last).isDone());
        incident.note(String.format(
                Locale.ROOT,
                "started again it answered a linearizable read of the last document after %.1f s",
                (System.nanoTime() - since) / 1e9));
        int found = AcknowledgedWrites.documents(victim, DATABASE, Bulk.PREFIX).size();
        if (found != writes) {
            incident.blame("Expected " + writes + " documents at node " + victim + " but found " + found);
        }
        incident.note(
                found + " of " + bulk.acknowledged() + " acknowledged documents are there by its linearizable reads");
        cluster.awaitHealthy();
    }
}
