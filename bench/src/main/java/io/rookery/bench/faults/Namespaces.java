package io.rookery.bench.faults;

import io.rookery.server.process.ServerProcess.Surroundings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A network namespace for each node, all on one bridge that this process reaches too. A cut is a rule of nftables in the
 * namespace of who is not to hear any more, with a counter: the evidence.
 */
final class Namespaces implements Network {
    private static final AtomicInteger RUNS = new AtomicInteger();
    private static final int HTTP = 8080;
    private static final int RAFT = 9090;
    private static final Pattern PACKETS = Pattern.compile("packets (\\d+)");

    private final String run =
            ProcessHandle.current().pid() + String.valueOf((char) ('a' + RUNS.getAndIncrement() % 26));
    private final String subnet;
    private final Path config;
    private final List<String> names = new ArrayList<>();

    private Namespaces(Path config) {
        this.config = config;
        long number = ProcessHandle.current().pid() * 7 + RUNS.get();
        subnet = "10." + (224 + number % 16) + '.' + (number / 16 % 256) + '.';
    }

    /** Namespaces where this machine lets us have them; else the loopback interface, which knows why. */
    static Network orLoopback(Path folder, Plan plan, Janitor janitor) {
        Path own = config(folder.resolve("own.yaml"), plan.settings());
        for (String program : List.of("ip", "nft", "nsenter", "bash", "timeout")) {
            if (!Shell.has(program)) {
                return new Loopback(
                        "the network cannot be cut: the program " + program
                                + " is missing (Debian: iproute2, nftables)",
                        own);
            }
        }
        try {
            List<String> lines = new ArrayList<>(plan.settings());
            lines.add("insecure: true");
            return new Namespaces(config(folder.resolve("insecure.yaml"), lines)).made(plan.places(), janitor);
        } catch (UncheckedIOException e) {
            return new Loopback(
                    "the network cannot be cut: "
                            + e.getCause().getMessage().lines().findFirst().orElse("refused"),
                    own);
        }
    }

    private static Path config(Path file, List<String> lines) {
        try {
            return Files.write(file, lines);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Namespaces made(int nodes, Janitor janitor) {
        String bridge = "rkb" + run;
        janitor.finallyRun("ip link del " + bridge);
        Shell.must("ip", "link", "add", bridge, "type", "bridge");
        Shell.must("ip", "addr", "add", subnet + "254/24", "dev", bridge);
        Shell.must("ip", "link", "set", bridge, "up");
        for (int i = 0; i < nodes; i++) {
            String name = "rookery" + run + i;
            String link = "rk" + run + i;
            names.add(name);
            janitor.finallyRun("ip netns del " + name + "; ip link del " + link);
            Shell.must("ip", "netns", "add", name);
            Shell.must("ip", "link", "add", link, "type", "veth", "peer", "name", "eth0", "netns", name);
            Shell.must("ip", "link", "set", link, "master", bridge, "up");
            Shell.must("ip", "-n", name, "addr", "add", address(i) + "/24", "dev", "eth0");
            Shell.must("ip", "-n", name, "link", "set", "eth0", "up");
            Shell.must("ip", "-n", name, "link", "set", "lo", "up");
            inside(i, "nft", "add", "table", "inet", "rookery");
            inside(i, "nft", "add chain inet rookery input { type filter hook input priority 0 ; }");
        }
        return this;
    }

    private String address(int node) {
        return subnet + (node + 1);
    }

    private String inside(int node, String... command) {
        List<String> all = new ArrayList<>(launcher(node));
        all.addAll(List.of(command));
        return Shell.must(all.toArray(String[]::new));
    }

    private List<String> launcher(int node) {
        // not ip netns exec: that copies all mounts, and who has a copy of a volume keeps it from being unmounted
        return List.of("nsenter", "--net=/run/netns/" + names.get(node));
    }

    @Override
    public Optional<String> hindrance() {
        return Optional.empty();
    }

    @Override
    public Surroundings surroundings(int node) {
        return new Surroundings(address(node), launcher(node), config);
    }

    @Override
    public int httpPort(int node) {
        return HTTP;
    }

    @Override
    public int raftPort(int node) {
        return RAFT;
    }

    @Override
    public void cut(int from, int to) {
        inside(to, "nft", "add rule inet rookery input ip saddr " + address(from) + " counter drop");
    }

    @Override
    public void heal() {
        for (int node = 0; node < names.size(); node++) {
            inside(node, "nft", "flush chain inet rookery input");
        }
    }

    @Override
    public long dropped(int from, int to) {
        return inside(to, "nft", "list chain inet rookery input")
                .lines()
                .filter(line -> line.contains("saddr " + address(from) + ' '))
                .mapToLong(line -> {
                    Matcher matcher = PACKETS.matcher(line);
                    return matcher.find() ? Long.parseLong(matcher.group(1)) : 0;
                })
                .sum();
    }

    @Override
    public boolean reaches(int from, int to) {
        List<String> probe = new ArrayList<>(launcher(from));
        probe.addAll(List.of("timeout", "1", "bash", "-c", "exec 3<>/dev/tcp/" + address(to) + '/' + RAFT));
        return Shell.run(probe).isOk();
    }
}
