package io.rookery.bench;

import io.rookery.cluster.ClusterConfig;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * One peer of the raw group as a process of its own. It takes lines on standard input, {@code leads} and
 * {@code run ENTRIES BYTES MILLIS}, answers each with a line on standard output, and ends with its input.
 */
final class RawRatisPeer {
    private RawRatisPeer() {}

    /** {@code INDEX FOLDER ADDRESS…}. */
    public static void main(String[] args) throws Exception {
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        List<ClusterConfig> configs = new ArrayList<>();
        for (int i = 2; i < args.length; i++) {
            configs.add(new ClusterConfig(
                    "raw" + (i - 2),
                    Path.of(args[1], "raw" + (i - 2)),
                    args[i],
                    "http://raw",
                    false,
                    Duration.ofSeconds(1),
                    0,
                    0));
        }
        try (RawRatis peer = new RawRatis();
                BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
            peer.startPeer(configs.get(Integer.parseInt(args[0])), configs);
            out.println("started");
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                out.println(answer(peer, line.split(" ")));
            }
        }
        System.exit(0);
    }

    private static Object answer(RawRatis peer, String[] command) throws Exception {
        if (command[0].equals("leads")) {
            return peer.leads();
        }
        return peer.perSecond(
                Integer.parseInt(command[1]),
                Integer.parseInt(command[2]),
                Duration.ofMillis(Long.parseLong(command[3])));
    }
}
