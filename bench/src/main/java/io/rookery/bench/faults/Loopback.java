package io.rookery.bench.faults;

import io.rookery.samples.servers.Ports;
import io.rookery.server.process.ServerProcess.Surroundings;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * All nodes on the loopback interface: it cannot be cut.
 *
 * @param reason why there is nothing better
 * @param config of every node
 */
record Loopback(String reason, Path config, Map<String, Integer> ports) implements Network {
    Loopback(String reason, Path config) {
        this(reason, config, new ConcurrentHashMap<>());
    }

    @Override
    public Optional<String> hindrance() {
        return Optional.of(reason);
    }

    @Override
    public Surroundings surroundings(int node) {
        return new Surroundings(Surroundings.LOOPBACK.host(), List.of(), config);
    }

    @Override
    public int httpPort(int node) {
        return ports.computeIfAbsent("http" + node, absent -> Ports.free());
    }

    @Override
    public int raftPort(int node) {
        return ports.computeIfAbsent("raft" + node, absent -> Ports.free());
    }

    @Override
    public void cut(int from, int to) {
        throw new UnsupportedOperationException(reason);
    }

    @Override
    public void heal() {}

    @Override
    public long dropped(int from, int to) {
        return 0;
    }

    @Override
    public boolean reaches(int from, int to) {
        return true;
    }
}
