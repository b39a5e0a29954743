package io.rookery.bench;

import io.rookery.cluster.ClusterConfig;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The raw group as three processes; the load is made in the leader's, so no client's way counts against it. */
final class RawRatisProcesses implements AutoCloseable {
    private final List<Child> peers = new ArrayList<>();
    private Child leader;

    static RawRatisProcesses start(Path folder) throws Exception {
        Files.createDirectories(folder);
        List<ClusterConfig> configs = RawRatis.configs(folder);
        RawRatisProcesses started = new RawRatisProcesses();
        try {
            for (int i = 0; i < configs.size(); i++) {
                List<String> arguments = new ArrayList<>(List.of(String.valueOf(i), folder.toString()));
                configs.forEach(config -> arguments.add(config.raft()));
                started.peers.add(Child.start(
                        RawRatisPeer.class, folder.resolve("raw" + i + ".log"), arguments.toArray(String[]::new)));
            }
            Lap.await(started::findLeader, Duration.ofMinutes(1));
            return started;
        } catch (Exception e) {
            started.close();
            throw e;
        }
    }

    private boolean findLeader() throws Exception {
        for (Child peer : peers) {
            if (peer.ask("leads").equals("true")) {
                leader = peer;
                return true;
            }
        }
        return false;
    }

    double perSecond(int entries, int bytes, Duration duration) throws Exception {
        return Double.parseDouble(
                leader.ask(String.format(Locale.ROOT, "run %d %d %d", entries, bytes, duration.toMillis())));
    }

    @Override
    public void close() {
        peers.forEach(Child::close);
    }
}
