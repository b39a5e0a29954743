package io.rookery.cluster.topology;

import io.rookery.api.ErrorCode;
import io.rookery.api.RookeryException;
import java.util.ArrayList;
import java.util.List;

/**
 * What an operator asks for: a replica of a shard shall be on another node. Asked a second time it changes nothing; asked
 * the other way round while it goes on, it is undone.
 */
public record ShardMove(String database, int shard, String from, String to) {
    /**
     * The shard as it shall be: with the new node, and with the former one until the new one counts.
     *
     * @throws RookeryException BAD_REQUEST or CONFLICT when it has no such replica to give, or to give there
     */
    public Topology.Shard of(Topology.Shard found) {
        boolean has = found.nodes().contains(from);
        boolean there = found.staying().contains(to);
        if (from.equals(to) || (!has && !there)) {
            throw new RookeryException(
                    ErrorCode.BAD_REQUEST,
                    "Expected one of the shard's nodes " + found.nodes() + " and another one to move it to but found '"
                            + from + "' and '" + to + "'");
        }
        if (has && there && !found.leaving().contains(from)) {
            throw new RookeryException(
                    ErrorCode.CONFLICT,
                    "Expected a node without a replica of the shard but '" + to + "' is one of " + found.nodes());
        }
        List<String> nodes = new ArrayList<>(found.nodes());
        List<String> leaving = new ArrayList<>(found.leaving());
        if (!nodes.contains(to)) {
            nodes.add(to);
        }
        leaving.remove(to);
        if (has && !leaving.contains(from)) {
            leaving.add(from);
        }
        return new Topology.Shard(found.number(), found.group(), nodes, leaving);
    }
}
