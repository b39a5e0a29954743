package io.rookery.cluster;

import org.apache.ratis.server.DivisionInfo;

/**
 * The log is the lease: when an entry that we submitted at {@code t0} is applied by us as the leader of its term, a
 * majority has heard of us after {@code t0} and elects nobody else for an election timeout. Until then what we have
 * applied is the latest there is.
 */
final class ReadLease {
    private final long nanos;
    private volatile Grant grant = new Grant(-1, System.nanoTime());
    private volatile long forbiddenUntil = System.nanoTime();

    private record Grant(long term, long until) {}

    /** @param electionTimeoutNanos lower bound of the election timeout on every node */
    ReadLease(long electionTimeoutNanos) {
        nanos = electionTimeoutNanos / 10 * 8;
    }

    /** @param submitted nanoTime from before the entry was submitted */
    void extend(long term, long submitted) {
        if (submitted - forbiddenUntil < 0) {
            return;
        }
        Grant current = grant;
        long until = submitted + nanos;
        // two replies racing here may leave the older one: shorter than allowed, never longer
        if (term > current.term() || (term == current.term() && until - current.until() > 0)) {
            grant = new Grant(term, until);
        }
    }

    /** Whether an entry of this term, in which we lead, was applied by us. */
    boolean isOfTerm(long term) {
        return grant.term() == term;
    }

    boolean holds(DivisionInfo info) {
        Grant current = grant;
        long now = System.nanoTime();
        return now - current.until() < 0
                && now - forbiddenUntil >= 0
                && info.isLeader()
                && info.getCurrentTerm() == current.term();
    }

    /**
     * Before the lead is given away: whom we ask to stand for election is voted for although we were heard of. What was
     * submitted before this time is over gives no lease.
     */
    void forbid(long duration) {
        forbiddenUntil = System.nanoTime() + duration;
        drop();
    }

    void drop() {
        grant = new Grant(grant.term(), System.nanoTime());
    }
}
