package io.rookery.cluster;

import io.rookery.api.ChangeVector;
import io.rookery.api.Document;
import io.rookery.api.ErrorCode;
import io.rookery.api.Json;
import io.rookery.api.RookeryException;
import io.rookery.api.Write;
import io.rookery.cluster.topology.SystemState;
import io.rookery.cluster.wire.CommandCodec;
import java.util.Map;
import java.util.Optional;

/**
 * Which formats the whole cluster understands. Kept in the system shard and raised by its leader as soon as every node
 * has said that it can; never lowered. Until then nothing is written that a node of an older release could not read, so
 * that nodes can be replaced by newer ones one after the other, and back again.
 */
final class FeatureLevel {
    /** The newest version of log entries that this release reads and writes. */
    static final int SUPPORTED = CommandCodec.VERSION;
    /** What releases that said nothing could do. */
    static final int UNSAID = 2;

    /** Nodes of a time before it would write down databases without their slots and moves. */
    static final int SHARDS = 3;

    /** Nodes of a time before it cannot read entries that split a shard, nor route by what they did. */
    static final int SPLITS = 4;

    /** Nodes of a time before it write commands whole, however big, and cannot read one in parts. */
    static final int PARTS = 5;

    private static final String ID = "feature-level";
    private static final String LEVEL = "level";

    private final int supported;
    private volatile int known;

    FeatureLevel(int supported) {
        this.supported = supported;
        this.known = UNSAID;
    }

    int supported() {
        return supported;
    }

    int known() {
        return known;
    }

    /** Reads it from this node's replica of the system shard. */
    void refresh(ReplicatedStore system) {
        if (known < supported) { // it never goes down
            known = Math.max(known, of(system.document(ID)));
        }
    }

    /** @throws RookeryException NOT_SUPPORTED for an entry of a version that not every node can read yet */
    void require(int version) {
        if (version > UNSAID && version > known) {
            throw new RookeryException(
                    ErrorCode.NOT_SUPPORTED,
                    "Expected feature level " + version + " of the cluster but found " + known
                            + ": some node runs an older release; it is raised when all nodes can");
        }
    }

    /** As the system's leader: raises it when all can. */
    void raise(ReplicatedStore system, NodeWatch watch) {
        if (known >= supported) {
            return;
        }
        Optional<Document> stored = system.document(ID);
        int level = of(stored);
        int able = SystemState.read(system).staying().stream()
                .mapToInt(tag -> watch.info(tag).map(NodeWatch.NodeInfo::level).orElse(0))
                .min()
                .orElse(0);
        if (able > level) {
            ChangeVector version = stored.map(Document::changeVector).orElse(ChangeVector.NONE);
            Reconciler.commit(system, put(able, version));
        }
    }

    /** Of a cluster that is founded now. */
    Write founding() {
        return put(supported, null);
    }

    private static Write put(int level, ChangeVector expected) {
        return new Write.PutDocument(ID, "@cluster", Json.of(Map.of(LEVEL, (long) level)), expected);
    }

    private static int of(Optional<Document> stored) {
        return stored.map(document -> ((Long) document.body().asObject().get(LEVEL)).intValue())
                .orElse(UNSAID);
    }
}
