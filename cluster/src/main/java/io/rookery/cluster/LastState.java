package io.rookery.cluster;

import io.rookery.cluster.topology.SystemState;

/**
 * The system shard's state as this node's replica has it, read again only when something was written there: an idle
 * cluster is looked at eight times a second. For any thread.
 */
final class LastState {
    private volatile Read last;

    private record Read(ReplicatedStore system, long head, SystemState state) {}

    SystemState of(ReplicatedStore system) {
        Read known = last;
        long head = system.head();
        if (known == null || known.system() != system || known.head() != head) {
            // read after the head: it may be newer than the number says, never older
            known = new Read(system, head, SystemState.read(system));
            last = known;
        }
        return known.state();
    }
}
