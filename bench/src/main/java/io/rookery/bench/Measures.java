package io.rookery.bench;

import java.util.List;

/** All measures, in the order in which they run. */
final class Measures {
    private Measures() {}

    static List<Measure> all() {
        return List.of(
                new CommitMeasure(),
                new HttpWriteMeasure(),
                new HttpReadMeasure(),
                new EtcdMeasure(),
                new PostgresMeasure(),
                new FeedMeasure(),
                new ScanMeasure(),
                new IngestMeasure(),
                new SqlMeasure(),
                new KafkaMeasure(),
                new LatencyMeasure(),
                new MemoryMeasure(),
                new IdleMeasure(),
                new RestartMeasure(),
                new NewPeerMeasure(),
                new SnapshotMeasure());
    }
}
