package io.rookery.server.cli;

import io.rookery.api.Json;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code rookery support}: one file with what every node of the cluster says of itself, without secrets. */
@Command(
        name = "support",
        mixinStandardHelpOptions = true,
        description = {
            "Write one zip with what helps to find out what is wrong: of every node that answers the",
            "cluster as it sees it, metrics, configuration, tasks, statistics, its last log lines and threads.",
            "No secrets and no documents are in it."
        })
final class SupportCommand implements Callable<Integer> {
    @Mixin
    private ApiOptions api;

    @Option(
            names = "--output",
            paramLabel = "FILE",
            defaultValue = "rookery-support.zip",
            description = "Where to write it (default ${DEFAULT-VALUE}); a file that is there is replaced.")
    private Path output;

    @Override
    public Integer call() throws IOException {
        ApiClient client = api.client();
        Json cluster = client.get(ApiPath.of("cluster"));
        Map<String, Object> nodes = new LinkedHashMap<>();
        try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(output))) {
            add(zip, "cluster.json", cluster.bytes());
            for (Fields node : Fields.of(cluster).objects("nodes")) {
                nodes.put(node.text("tag"), bundle(zip, node.text("tag"), node.text("url")));
            }
        }
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("file", output.toString());
        answer.put("nodes", nodes);
        return api.print(Json.of(answer), out -> {
            nodes.forEach((tag, said) -> out.println("node " + tag + ": " + said));
            out.println("written to " + output);
        });
    }

    /** Copies a node's files into a folder of its own; what it says instead where it does not answer. */
    private static String bundle(ZipOutputStream zip, String tag, String url) throws IOException {
        byte[] bytes;
        try {
            bytes = new ApiClient(List.of(url)).bytes(ApiPath.of("admin", "debug", "info-package"));
        } catch (ApiException e) {
            add(zip, tag + "/unreachable.txt", e.getMessage().getBytes(StandardCharsets.UTF_8));
            return e.getMessage();
        }
        int files = 0;
        try (ZipInputStream in = new ZipInputStream(new ByteArrayInputStream(bytes))) {
            for (ZipEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
                add(zip, tag + '/' + entry.getName(), in.readAllBytes());
                files++;
            }
        }
        return files + " files";
    }

    private static void add(ZipOutputStream zip, String name, byte[] content) throws IOException {
        zip.putNextEntry(new ZipEntry(name));
        zip.write(content);
        zip.closeEntry();
    }
}
