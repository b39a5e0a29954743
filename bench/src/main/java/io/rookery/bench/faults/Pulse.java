package io.rookery.bench.faults;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Stream;

/**
 * What faults feel like: a client at each node writes and reads small documents of both halves of every shard in turn, and each
 * answer is kept with its time, so that it can be told how long nothing worked, what was refused where, and how long answers took.
 */
final class Pulse implements Workload {
    /** Longer than an election: what comes late is told as late, what is an error is one that a node gave. */
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private static final int DOCUMENTS = 100;

    private final Tally tally = new Tally();
    private final Queue<Beat> beats = new ConcurrentLinkedQueue<>();
    private List<String> anchors = List.of();

    /**
     * One request.
     *
     * @param anchor of its shard
     * @param what went wrong; empty when it was done
     */
    record Beat(String node, String anchor, boolean write, long sent, long answered, String what) {
        boolean isDone() {
            return what.isEmpty();
        }
    }

    @Override
    public String name() {
        return "pulse";
    }

    @Override
    public void prepare(Cluster cluster) {
        anchors = Stream.concat(cluster.anchors().stream(), cluster.anchorsOfUpperHalves().stream())
                .distinct()
                .toList();
    }

    @Override
    public List<Client> clients(Cluster cluster) {
        List<Client> clients = new ArrayList<>();
        for (int place = 0; place < cluster.places(); place++) {
            clients.add(new Heart(cluster, place));
        }
        return clients;
    }

    @Override
    public Verdict check(Cluster cluster) {
        Verdict verdict = new Verdict(name(), tally);
        long first = beats.stream().mapToLong(Beat::answered).min().orElse(0);
        long last = beats.stream().mapToLong(Beat::answered).max().orElse(0);
        verdict.say("whole run", new Window(List.copyOf(beats), anchors, new Span(first, last)).toString());
        return verdict;
    }

    /** What was answered since then at all nodes but these. */
    Window since(long from, Set<String> without) {
        List<Beat> chosen = beats.stream()
                .filter(beat -> beat.answered() - from >= 0 && !without.contains(beat.node()))
                .toList();
        return new Window(chosen, anchors, new Span(from, System.nanoTime()));
    }

    /** By the monotonic clock. */
    record Span(long from, long to) {}

    /** Answers of some time. */
    record Window(List<Beat> beats, List<String> anchors, Span span) {
        /** Only what was asked of the shards of these. */
        Window of(List<String> some) {
            return new Window(
                    beats.stream().filter(beat -> some.contains(beat.anchor())).toList(), some, span);
        }

        /** The longest time in which no write of some shard was done, in seconds. */
        double longestWithoutWrite() {
            return anchors.stream().mapToDouble(this::longest).max().orElse(0);
        }

        private double longest(String anchor) {
            long[] done = beats.stream()
                    .filter(beat ->
                            beat.isDone() && beat.write() && beat.anchor().equals(anchor))
                    .mapToLong(Beat::answered)
                    .sorted()
                    .toArray();
            long longest = 0;
            long before = span.from();
            for (long at : done) {
                longest = Math.max(longest, at - before);
                before = at;
            }
            return Math.max(longest, span.to() - before) / 1e9;
        }

        List<Beat> errors() {
            return beats.stream().filter(beat -> !beat.isDone()).toList();
        }

        /** The 99th percentile of what writes, or reads, took that were done; in milliseconds. */
        double p99(boolean write) {
            long[] took = beats.stream()
                    .filter(beat -> beat.isDone() && beat.write() == write)
                    .mapToLong(beat -> beat.answered() - beat.sent())
                    .sorted()
                    .toArray();
            return took.length == 0 ? Double.NaN : took[(int) Math.ceil(took.length * 0.99) - 1] / 1e6;
        }

        private static String counted(Collection<Beat> errors) {
            Map<String, Integer> counts = new TreeMap<>();
            errors.forEach(beat -> counts.merge(beat.node() + ": " + beat.what(), 1, Integer::sum));
            return counts.isEmpty() ? "no errors" : "errors " + counts;
        }

        @Override
        public String toString() {
            return String.format(
                    Locale.ROOT,
                    "%d of %d requests done; %s; longest time without a write %.2f s; p99 of writes %.0f ms, of reads %.0f ms",
                    beats.stream().filter(Beat::isDone).count(),
                    beats.size(),
                    counted(errors()),
                    longestWithoutWrite(),
                    p99(true),
                    p99(false));
        }
    }

    private final class Heart implements Client {
        private final Cluster cluster;
        private final int place;
        private long sent;

        Heart(Cluster cluster, int place) {
            this.cluster = cluster;
            this.place = place;
        }

        @Override
        public void act() {
            cluster.atPlace(place).ifPresent(this::beat);
        }

        private void beat(Member member) {
            boolean write = sent % 2 == 0;
            String anchor = anchors.get((int) (sent / 2 % anchors.size()));
            String id = "pulse/" + place + '/' + sent++ / 2 % DOCUMENTS + '$' + anchor;
            String path = Door.docs(Cluster.DATABASE, List.of(id));
            Door door = member.door(PATIENCE);
            long from = System.nanoTime();
            Answer answer = write ? door.put(path, "{\"n\":" + sent + '}') : door.get(path);
            if (answer.isAbsent()) { // what should have been written before was refused
                answer = Answer.none(Answer.Fate.DONE, "");
            }
            beats.add(new Beat(
                    member.tag(),
                    anchor,
                    write,
                    from,
                    System.nanoTime(),
                    tally.count(answer).what()));
        }
    }
}
