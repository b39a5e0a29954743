package io.rookery.bench.faults;

import io.rookery.api.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** What a node has on its disk of the shard that a fault is about; found anew by each question, as it changes all the time. */
record ReplicaFiles(Path data, String group) {
    static ReplicaFiles of(Member member, int shard) {
        Path data = member.process().settings().data();
        return list(data.resolve("shards")).stream()
                .filter(folder -> isShard(folder, shard))
                .findFirst()
                .map(folder -> new ReplicaFiles(data, folder.getFileName().toString()))
                .orElseThrow(() -> new IllegalStateException("Expected a replica of shard " + shard + " in " + data));
    }

    private static boolean isShard(Path folder, int shard) {
        try {
            Map<String, Object> known =
                    Json.parse(Files.readAllBytes(folder.resolve("shard.json"))).asObject();
            return Cluster.DATABASE.equals(known.get("database"))
                    && Long.valueOf(shard).equals(known.get("shard"));
        } catch (IOException e) {
            return false; // it is being made, or deleted
        }
    }

    /** The biggest table of the store. */
    Optional<Path> table() {
        return biggest(data.resolve("shards").resolve(group).resolve("store"), ".sst");
    }

    /** What RocksDB opens. */
    Optional<Path> manifest() {
        return list(data.resolve("shards").resolve(group).resolve("store")).stream()
                .filter(file -> file.getFileName().toString().startsWith("MANIFEST-"))
                .reduce((one, other) -> other);
    }

    /** The log's last segment. */
    Optional<Path> openSegment() {
        return list(current()).stream()
                .filter(file -> file.getFileName().toString().startsWith("log_inprogress_"))
                .findFirst();
    }

    /** A segment that is not written any more. */
    Optional<Path> closedSegment() {
        return list(current()).stream()
                .filter(file -> file.getFileName().toString().matches("log_\\d+-\\d+"))
                .reduce((one, other) -> other);
    }

    /** Term and vote. */
    Path vote() {
        return current().resolve("raft-meta");
    }

    List<Path> quarantined() {
        return list(data.resolve("quarantine")).stream()
                .filter(folder -> folder.getFileName().toString().startsWith(group))
                .toList();
    }

    private Path current() {
        return data.resolve("raft").resolve(group).resolve("current");
    }

    private static Optional<Path> biggest(Path folder, String ending) {
        return list(folder).stream()
                .filter(file -> file.getFileName().toString().endsWith(ending))
                .max(java.util.Comparator.comparingLong(file -> file.toFile().length()));
    }

    private static List<Path> list(Path folder) {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
