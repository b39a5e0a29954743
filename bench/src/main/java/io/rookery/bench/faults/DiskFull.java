package io.rookery.bench.faults;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Fills the volume of one node, or of all; later there is space again. Nobody may end: full nodes refuse writes and read on,
 * and take writes again by themselves.
 *
 * @param all whether all nodes are filled: then no write can be taken
 */
record DiskFull(boolean all) implements Nemesis {
    private static final Duration FULL = Duration.ofSeconds(8);
    private static final Duration SOON = Duration.ofSeconds(10);

    @Override
    public String name() {
        return all ? "disk-full-all" : "disk-full";
    }

    @Override
    public Optional<String> hindrance(Stage stage) {
        return Volume.hindrance();
    }

    @Override
    public void strike(Stage stage, Incident incident) {
        Member one = stage.random().nextBoolean() ? stage.cluster().awaitLeader() : stage.anyFollower();
        List<Member> victims = all ? stage.cluster().members() : List.of(one);
        incident.target(victims);
        victims.forEach(victim -> incident.prove(
                victim.volume().probe() == null, "bytes could be written to the volume of " + victim + " before"));
        try {
            victims.forEach(victim -> fill(victim, incident));
            long since = System.nanoTime();
            while (System.nanoTime() - since < FULL.toNanos()) {
                Stage.hold(Duration.ofMillis(250));
                victims.forEach(victim -> victim.volume().fill());
            }
            victims.forEach(victim -> look(victim, incident));
        } finally {
            victims.forEach(victim -> victim.volume().free());
        }
        victims.forEach(victim -> incident.prove(
                victim.volume().probe() == null, "and again after the space of " + victim + " was back"));
        resume(stage, victims, incident);
    }

    private static void fill(Member victim, Incident incident) {
        String failure = victim.volume().fill();
        incident.prove(
                failure != null && failure.contains("No space left"),
                "writing to the volume of " + victim + " failed: " + failure);
    }

    private void look(Member victim, Incident incident) {
        String path = Door.docs(Cluster.DATABASE, List.of("first/none"));
        Answer read = victim.door().get(path + "&consistency=local");
        if (!read.isAbsent()) {
            incident.blame("full node " + victim + " answered a local read with " + read.what());
        }
        if (all) {
            Answer write = victim.door().put(Door.docs(Cluster.DATABASE, List.of("first/full")), "{}");
            incident.note("full node " + victim + " answered a write with " + write.status() + ' ' + write.what());
            if (write.isDone() || write.status() != 507) {
                incident.blame("Expected 507 for a write while all are full but found " + write.status());
            }
        }
    }

    private static void resume(Stage stage, List<Member> victims, Incident incident) {
        long since = System.nanoTime();
        Optional<Double> first = stage.firsts().measure(stage.cluster(), victims, since);
        incident.note("first write by one that was full after "
                + first.map(seconds -> seconds + " s").orElse("more than a minute"));
        if (first.isEmpty() || first.get() > SOON.toSeconds()) {
            incident.blame("no write was taken within " + SOON.toSeconds() + " s after the space was back");
        }
    }
}
