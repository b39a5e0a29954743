package io.rookery.cluster.topology;

import io.rookery.api.ErrorCode;
import io.rookery.api.RookeryException;
import io.rookery.cluster.wire.WireReader;
import io.rookery.cluster.wire.WireWriter;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * What an operator asks for: slots of a shard shall be in a new one.
 *
 * @param slots the first and the last; empty for the upper half of the shard's biggest range
 */
public record ShardSplitting(String database, int shard, Optional<List<Integer>> slots) {
    /** Whether that very split is under way. */
    public boolean isUnderWay(Topology.Database found) {
        return found.splitting()
                .filter(split -> split.shard() == shard
                        && slots.map(List.of(split.first(), split.last())::equals)
                                .orElse(true))
                .isPresent();
    }

    /**
     * The database with the split to be done.
     *
     * @throws RookeryException NOT_FOUND, BAD_REQUEST or CONFLICT when it cannot be
     */
    public Topology.Database of(Topology.Database found, int mostShards) {
        Topology.Shard shard = found.shards().stream()
                .filter(one -> one.number() == this.shard)
                .findFirst()
                .orElseThrow(() -> new RookeryException(
                        ErrorCode.NOT_FOUND, "There is no shard " + this.shard + " of database " + database));
        if (found.splitting().isPresent()) {
            throw new RookeryException(
                    ErrorCode.CONFLICT,
                    "Expected no split under way but shard "
                            + found.splitting().get().shard() + " of " + database + " is being split");
        }
        if (!shard.leaving().isEmpty()) {
            throw new RookeryException(
                    ErrorCode.CONFLICT,
                    "Expected no replica of the shard on its way but it leaves " + shard.leaving() + "; wait for it");
        }
        if (found.shards().size() >= mostShards) {
            throw new RookeryException(
                    ErrorCode.BAD_REQUEST,
                    "Expected fewer than " + mostShards + " shards but " + database + " has so many");
        }
        List<Integer> range = range(found);
        return found.with(Optional.of(new Topology.Splitting(
                this.shard,
                found.shards().size(),
                UUID.randomUUID().toString(),
                range.get(0),
                range.get(1),
                List.of())));
    }

    private List<Integer> range(Topology.Database found) {
        if (slots.isEmpty()) {
            return found.slots()
                    .half(shard)
                    .orElseThrow(() -> new RookeryException(
                            ErrorCode.BAD_REQUEST,
                            "Expected at least two slots side by side in shard " + shard + " of " + database));
        }
        List<Integer> range = slots.get();
        boolean all = found.slots().of(shard).equals(List.of(range));
        if (range.get(0) > range.get(1) || !found.slots().has(shard, range.get(0), range.get(1)) || all) {
            throw new RookeryException(
                    ErrorCode.BAD_REQUEST,
                    "Expected a part of the slots " + found.slots().of(shard) + " of shard " + shard + " but found "
                            + range);
        }
        return range;
    }

    public static ShardSplitting read(WireReader in) {
        return new ShardSplitting(
                in.text(),
                (int) in.number(),
                in.flag() ? Optional.of(List.of((int) in.number(), (int) in.number())) : Optional.empty());
    }

    public WireWriter write(WireWriter out) {
        out.text(database).number(shard).flag(slots.isPresent());
        slots.ifPresent(range -> range.forEach(out::number));
        return out;
    }
}
