package io.rookery.bench.faults;

import java.util.List;

/** Requests of one kind while faults happen, and the check of what they were answered. */
interface Workload {
    String name();

    /** What has to be there before the first request; no faults yet. */
    default void prepare(Cluster cluster) {}

    /** Clients, each of which one thread has. */
    List<Client> clients(Cluster cluster);

    /** Sees how all ended; faults are over and all clients have stopped. */
    Verdict check(Cluster cluster);

    /** Does one thing. */
    interface Client {
        void act();
    }
}
