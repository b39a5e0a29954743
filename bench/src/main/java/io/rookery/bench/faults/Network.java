package io.rookery.bench.faults;

import io.rookery.server.process.ServerProcess.Surroundings;
import java.util.Optional;

/** What lies between the nodes. */
interface Network {
    /** Why it cannot be cut; empty when it can. */
    Optional<String> hindrance();

    /** Where the node with this number runs. */
    Surroundings surroundings(int node);

    int httpPort(int node);

    int raftPort(int node);

    /** Drops in silence what one node sends to another one. */
    void cut(int from, int to);

    void heal();

    /** Packets from one node to another one that were dropped since the cut. */
    long dropped(int from, int to);

    /** Whether a TCP connection from one node to the other one's port comes about within a second. */
    boolean reaches(int from, int to);
}
