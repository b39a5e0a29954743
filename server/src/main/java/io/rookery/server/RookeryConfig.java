package io.rookery.server;

import io.rookery.api.ErrorCode;
import io.rookery.api.RookeryException;
import io.rookery.api.Setting;
import io.rookery.cluster.ClusterConfig;
import io.rookery.server.backup.BackupPlace;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a node is started with: the options of the command line over the keys of one YAML file. See
 * {@code docs/configuration.md}.
 *
 * @param node tag: 1 to 4 capital letters
 * @param http HOST:PORT where the HTTP API listens
 * @param raft HOST:PORT that the other nodes reach this one at
 * @param url that clients and nodes reach the HTTP API at
 * @param join URL of a node of the cluster to join; null to found one, when the data folder is empty
 * @param insecure whether it may listen beyond loopback although nobody is asked for a name or a key
 * @param maxRequests data requests under way at once
 * @param blockCache bytes, shared by all shards
 * @param writeBuffer bytes, shared by all shards
 * @param backup where backups are written to and restored from; null for none
 * @param patience with nodes that are silent
 */
public record RookeryConfig(
        String node,
        Path data,
        InetSocketAddress http,
        String raft,
        String url,
        String join,
        boolean insecure,
        Duration electionTimeout,
        int maxRequests,
        long blockCache,
        long writeBuffer,
        BackupPlace backup,
        ClusterConfig.Patience patience) {
    /** Every key of the file; the command line has the first six as options. */
    static final List<String> KEYS = List.of(
            "node",
            "data",
            "http",
            "raft",
            "url",
            "join",
            "insecure",
            "election_timeout",
            "max_requests",
            "block_cache",
            "write_buffer",
            "backup",
            "backup_endpoint",
            "backup_region",
            "rehab_after",
            "replace_after");

    private static final Duration LEAST_PATIENCE = Duration.ofSeconds(5);
    private static final Pattern ADDRESS = Pattern.compile("(\\[[0-9a-fA-F:]+]|[^:\\s]+):(\\d{1,5})");
    private static final Pattern SIZE = Pattern.compile("(\\d{1,6})\\s*(KB|MB|GB)");

    /**
     * @param file YAML; null for none
     * @param options by key; they win over the file
     * @throws RookeryException BAD_CONFIGURATION with the place
     */
    public static RookeryConfig read(Path file, Map<String, String> options) {
        try {
            Map<String, Setting> settings = new LinkedHashMap<>();
            if (file != null) {
                settings.putAll(parse(file));
            }
            options.forEach((key, value) -> settings.put(key, new Setting("--" + key, 0, 0, key, value)));
            return of(Setting.of(null), settings);
        } catch (RookeryException e) {
            throw e.code() == ErrorCode.BAD_CONFIGURATION ? e : refused(e.getMessage(), e);
        }
    }

    /** By key, for those who help: a user's name or password in a URL is left out. */
    Map<String, Object> shown() {
        Map<String, Object> shown = new LinkedHashMap<>();
        shown.put("node", node);
        shown.put("data", data.toString());
        shown.put("http", http.getHostString() + ':' + http.getPort());
        shown.put("raft", raft);
        shown.put("url", withoutUser(url));
        shown.put("join", join == null ? null : withoutUser(join));
        shown.put("insecure", insecure);
        shown.put("election_timeout", electionTimeout.toString());
        shown.put("max_requests", maxRequests);
        shown.put("block_cache", blockCache);
        shown.put("write_buffer", writeBuffer);
        shown.put("backup", backup == null ? null : backup.toString());
        return shown;
    }

    private static String withoutUser(String url) {
        return url.replaceFirst("//[^/@]*@", "//");
    }

    private static Map<String, Setting> parse(Path file) {
        String text;
        try {
            text = Files.readString(file);
        } catch (IOException e) {
            throw refused("Expected a readable configuration file " + file + ": " + e.getMessage(), e);
        }
        List<Setting> documents = io.rookery.etl.task.YamlText.parse(file.toString(), text);
        if (documents.size() > 1) {
            throw refused("Expected one YAML document in " + file + " but found " + documents.size(), null);
        }
        return documents.isEmpty()
                ? Map.of()
                : documents.get(0).only(KEYS.toArray(String[]::new)).mapping();
    }

    private static RookeryConfig of(Setting nowhere, Map<String, Setting> settings) {
        String tag = text(settings, "node", "A");
        if (!tag.matches("[A-Z]{1,4}")) {
            throw refused("Expected a node tag of 1 to 4 capital letters for node but found '" + tag + "'", null);
        }
        InetSocketAddress http = address("http", text(settings, "http", "127.0.0.1:8080"));
        String raft = text(settings, "raft", "127.0.0.1:9090");
        address("raft", raft);
        boolean insecure = settings.getOrDefault("insecure", nowhere).isNull()
                ? false
                : settings.get("insecure").oneOf("true", "false").equals("true");
        RookeryConfig config = new RookeryConfig(
                tag,
                Path.of(text(settings, "data", "data")),
                http,
                raft,
                url("url", text(settings, "url", "http://" + text(settings, "http", "127.0.0.1:8080"))),
                settings.containsKey("join") ? url("join", text(settings, "join", "")) : null,
                insecure,
                settings.containsKey("election_timeout")
                        ? settings.get("election_timeout").duration()
                        : Duration.ofSeconds(1),
                integer(settings, "max_requests", 1_024, 1, 65_536),
                bytes(settings, "block_cache", 64L << 20),
                bytes(settings, "write_buffer", 32L << 20),
                backup(settings),
                new ClusterConfig.Patience(
                        duration(settings, "rehab_after", ClusterConfig.Patience.DEFAULT.rehab()),
                        duration(settings, "replace_after", ClusterConfig.Patience.DEFAULT.replacement())));
        config.refuseOpenDoor();
        return config;
    }

    private static BackupPlace backup(Map<String, Setting> settings) {
        String place = text(settings, "backup", null);
        String endpoint = text(settings, "backup_endpoint", null);
        if (place == null && endpoint == null) {
            return null;
        }
        try {
            return BackupPlace.of(
                    place == null ? "" : place, endpoint, text(settings, "backup_region", BackupPlace.Bucket.REGION));
        } catch (IllegalArgumentException e) {
            throw refused(e.getMessage(), e);
        }
    }

    /** Nobody is asked for a name or a key yet, so a port beyond loopback must be wished for. */
    private void refuseOpenDoor() {
        boolean local = isLoopback(http.getHostString()) && isLoopback(raft.substring(0, raft.lastIndexOf(':')));
        if (!local && !insecure) {
            throw refused(
                    "Expected loopback addresses for http and raft but found " + http.getHostString() + " and " + raft
                            + ": whoever reaches these ports may read and change everything. In a network that only"
                            + " trusted ones reach, say so with 'insecure: true' in the configuration file",
                    null);
        }
    }

    private static boolean isLoopback(String host) {
        try {
            return InetAddress.getByName(host).isLoopbackAddress();
        } catch (UnknownHostException e) {
            throw refused("Expected a host that is known but found '" + host + "'", e);
        }
    }

    private static String text(Map<String, Setting> settings, String key, String otherwise) {
        Setting setting = settings.get(key);
        return setting == null || setting.isNull() ? otherwise : setting.text();
    }

    private static int integer(Map<String, Setting> settings, String key, int otherwise, int min, int max) {
        return settings.containsKey(key) ? settings.get(key).integer(min, max) : otherwise;
    }

    /** At least so long that an election is no reason for anything. */
    private static Duration duration(Map<String, Setting> settings, String key, Duration otherwise) {
        if (!settings.containsKey(key)) {
            return otherwise;
        }
        Duration duration = settings.get(key).duration();
        if (duration.compareTo(LEAST_PATIENCE) < 0) {
            throw settings.get(key)
                    .error("Expected at least " + LEAST_PATIENCE.toSeconds() + "s for " + key + " but found '"
                            + settings.get(key).text() + "'");
        }
        return duration;
    }

    private static long bytes(Map<String, Setting> settings, String key, long otherwise) {
        if (!settings.containsKey(key)) {
            return otherwise;
        }
        Setting setting = settings.get(key);
        Matcher matcher = SIZE.matcher(setting.text());
        if (!matcher.matches()) {
            throw setting.error("Expected a size like 64MB for " + key + " but found '" + setting.text() + "'");
        }
        int shift = matcher.group(2).equals("KB") ? 10 : matcher.group(2).equals("MB") ? 20 : 30;
        return Long.parseLong(matcher.group(1)) << shift;
    }

    private static InetSocketAddress address(String key, String text) {
        Matcher matcher = ADDRESS.matcher(text);
        if (!matcher.matches() || Integer.parseInt(matcher.group(2)) > 65_535) {
            throw refused("Expected HOST:PORT for " + key + " but found '" + text + "'", null);
        }
        return InetSocketAddress.createUnresolved(matcher.group(1), Integer.parseInt(matcher.group(2)));
    }

    private static String url(String key, String text) {
        try {
            URI uri = URI.create(text);
            if ("http".equals(uri.getScheme()) && uri.getHost() != null) {
                return text.endsWith("/") ? text.substring(0, text.length() - 1) : text;
            }
        } catch (IllegalArgumentException e) {
            throw refused("Expected a URL like http://host:8080 for " + key + " but found '" + text + "'", e);
        }
        throw refused("Expected a URL like http://host:8080 for " + key + " but found '" + text + "'", null);
    }

    private static RookeryException refused(String message, Throwable cause) {
        return new RookeryException(ErrorCode.BAD_CONFIGURATION, message, cause);
    }
}
