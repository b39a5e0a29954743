package io.rookery.bench.faults;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Cuts the network between nodes; clients reach all of them all the time. */
record Cut(Kind kind, Duration duration) implements Nemesis {
    /** Who does not hear whom. */
    enum Kind {
        /** The leader and all others do not hear each other. */
        ISOLATE_LEADER("isolate-leader"),
        /** One node hears another one no more, which still hears it. */
        ONE_WAY("one-way-cut"),
        /** Two nodes do not hear each other; both hear the others. */
        PAIR("pair-cut");

        private final String label;

        Kind(String label) {
            this.label = label;
        }
    }

    /** What {@code from} sends does not come to {@code to}. */
    private record Way(Member from, Member to) {
        @Override
        public String toString() {
            return from + "->" + to;
        }
    }

    @Override
    public String name() {
        return kind.label;
    }

    @Override
    public Optional<String> hindrance(Stage stage) {
        return stage.network().hindrance();
    }

    @Override
    public void strike(Stage stage, Incident incident) {
        Network network = stage.network();
        Member leader = stage.cluster().awaitLeader();
        List<Way> ways = ways(stage, leader);
        incident.target(ways + (kind == Kind.ISOLATE_LEADER ? ", " + leader + " led" : ""));
        for (Way way : ways) {
            incident.prove(reaches(network, way), way + " had a connection before");
        }
        long since = System.nanoTime();
        try {
            ways.forEach(way -> network.cut(way.from().number(), way.to().number()));
            if (kind == Kind.ISOLATE_LEADER) {
                Optional<Double> first =
                        stage.firsts().measure(stage.cluster(), stage.cluster().others(leader), since);
                incident.note("first write by the others after "
                        + first.map(one -> one + " s").orElse("more than a minute"));
            }
            prove(network, ways, incident);
            Stage.hold(duration.minusNanos(System.nanoTime() - since));
        } finally {
            network.heal();
        }
    }

    private void prove(Network network, List<Way> ways, Incident incident) {
        for (Way way : ways) {
            incident.prove(!reaches(network, way), way + " has no connection within a second");
            long dropped = network.dropped(way.from().number(), way.to().number());
            incident.prove(dropped > 0, dropped + " packets " + way + " were dropped");
        }
        if (kind == Kind.ONE_WAY) {
            Way back = new Way(ways.get(0).to(), ways.get(0).from());
            long dropped = network.dropped(back.from().number(), back.to().number());
            incident.prove(dropped == 0, "none " + back + " was");
        }
    }

    private static boolean reaches(Network network, Way way) {
        return network.reaches(way.from().number(), way.to().number());
    }

    private List<Way> ways(Stage stage, Member leader) {
        List<Way> ways = new ArrayList<>();
        if (kind == Kind.ISOLATE_LEADER) {
            for (Member other : stage.cluster().others(leader)) {
                ways.add(new Way(leader, other));
                ways.add(new Way(other, leader));
            }
            return ways;
        }
        // one end is the leader: between followers there is little to cut
        List<Member> others = stage.cluster().others(leader);
        Member other = others.get(stage.random().nextInt(others.size()));
        if (kind == Kind.PAIR) {
            ways.add(new Way(leader, other));
            ways.add(new Way(other, leader));
        } else {
            ways.add(stage.random().nextBoolean() ? new Way(leader, other) : new Way(other, leader));
        }
        return ways;
    }
}
