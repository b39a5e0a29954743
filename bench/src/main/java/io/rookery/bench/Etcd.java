package io.rookery.bench;

import io.rookery.samples.servers.Ports;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Three etcd nodes as processes on loopback, as etcd is without settings but for room; they end with this one. */
final class Etcd implements AutoCloseable {
    static final Program PROGRAM = new Program("etcd");
    private static final int NODES = 3;
    /** The most that etcd recommends: with its default of 2 GB it refuses writes after some minutes of load. */
    private static final long ROOM = 8L << 30;

    private final List<Process> processes = new ArrayList<>();
    private final List<String> urls = new ArrayList<>();

    static Etcd start(Path folder) throws IOException {
        Files.createDirectories(folder);
        List<String> peers = new ArrayList<>();
        Etcd etcd = new Etcd();
        for (int i = 0; i < NODES; i++) {
            peers.add("http://127.0.0.1:" + Ports.free());
            etcd.urls.add("http://127.0.0.1:" + Ports.free());
        }
        try {
            for (int i = 0; i < NODES; i++) {
                etcd.processes.add(etcd.start(folder, i, peers));
            }
            return etcd;
        } catch (IOException e) {
            etcd.close();
            throw e;
        }
    }

    private Process start(Path folder, int number, List<String> peers) throws IOException {
        List<String> all = new ArrayList<>();
        for (int i = 0; i < peers.size(); i++) {
            all.add("etcd" + i + '=' + peers.get(i));
        }
        String name = "etcd" + number;
        List<String> command =
                new ArrayList<>(List.of(PROGRAM.find().orElseThrow().toString()));
        command.addAll(
                List.of("--name", name, "--data-dir", folder.resolve(name).toString()));
        command.addAll(List.of("--listen-client-urls", urls.get(number), "--advertise-client-urls", urls.get(number)));
        command.addAll(List.of("--listen-peer-urls", peers.get(number)));
        command.addAll(List.of("--initial-advertise-peer-urls", peers.get(number)));
        command.addAll(List.of("--initial-cluster", String.join(",", all), "--initial-cluster-state", "new"));
        command.addAll(List.of("--quota-backend-bytes", String.valueOf(ROOM), "--logger", "zap"));
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve(name + ".log").toFile())
                .start();
        Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
        return process;
    }

    /** Where each node's clients connect. */
    List<String> urls() {
        return urls;
    }

    @Override
    public void close() {
        processes.forEach(Process::destroyForcibly);
        for (Process process : processes) {
            try {
                process.waitFor(10, TimeUnit.SECONDS); // its folder is deleted next
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
