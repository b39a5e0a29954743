package io.rookery.server.backup;

import io.rookery.api.ErrorCode;
import io.rookery.api.RookeryException;
import java.util.List;

/**
 * What a restore goes up to: the end of a backup, a sequence number, or the moment before the first change that is
 * younger than a time. At most one of the two is set.
 *
 * @param time milliseconds since the epoch
 */
record RestorePoint(Long sequence, Long time) {
    static final RestorePoint END = new RestorePoint(null, null);

    boolean isEnd() {
        return sequence == null && time == null;
    }

    /** Whether a change is beyond it. */
    boolean isBefore(long changeSequence, long changeTime) {
        return (sequence != null && changeSequence > sequence) || (time != null && changeTime > time);
    }

    /**
     * As many of the chain's backups as are needed.
     *
     * @throws RookeryException BAD_REQUEST when the point lies outside of what the chain has, with what it has
     */
    List<BackupManifest> needed(List<BackupManifest> chain) {
        if (isEnd()) {
            return chain;
        }
        refuseOutside(chain);
        for (int i = 0; i < chain.size(); i++) {
            BackupManifest backup = chain.get(i);
            boolean reached = sequence != null ? backup.shards().get(0).to() >= sequence : backup.taken() >= time;
            if (reached) {
                return chain.subList(0, i + 1);
            }
        }
        throw new IllegalStateException("Inside of the chain, and in none of its backups");
    }

    private void refuseOutside(List<BackupManifest> chain) {
        BackupManifest full = chain.get(0);
        BackupManifest newest = chain.get(chain.size() - 1);
        if (sequence != null && full.shards().size() > 1) {
            throw new RookeryException(
                    ErrorCode.BAD_REQUEST,
                    "Expected a time for a database of " + full.shards().size()
                            + " shards, each with sequence numbers of its own");
        }
        boolean early = sequence != null ? sequence < full.shards().get(0).to() : time < full.taken();
        boolean late = sequence != null ? sequence > newest.shards().get(0).to() : time > newest.taken();
        if (early || late) {
            throw new RookeryException(
                    ErrorCode.BAD_REQUEST,
                    "Expected a point from " + full.id() + " (sequence "
                            + full.shards().get(0).to() + ", time " + full.taken() + ") to " + newest.id()
                            + " (sequence " + newest.shards().get(0).to() + ", time " + newest.taken() + ") but found "
                            + (sequence != null ? "sequence " + sequence : "time " + time));
        }
    }

    /** @throws RookeryException BAD_REQUEST when not every version around the place was there when it was backed up */
    static void requireRestorable(BackupManifest backup, BackupManifest.Shard shard, long sequence) {
        if (!shard.restores(sequence)) {
            throw new RookeryException(
                    ErrorCode.BAD_REQUEST,
                    "Expected sequence " + shard.from() + ", or one from " + (shard.everyVersionFrom() - 1) + " to "
                            + shard.to() + " of shard " + shard.number() + " in " + backup.id() + " but found "
                            + sequence + ": older versions were compacted before it was taken");
        }
    }
}
