package io.rookery.sinks.kafka;

import io.rookery.api.ErrorCode;
import io.rookery.api.RookeryException;
import io.rookery.api.Setting;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** How a {@code kafka:} connection is reached. Checked when made; nothing is opened until asked. */
record KafkaConnection(Map<String, Object> client, Map<String, Object> producer) {
    private static final Pattern SERVER = Pattern.compile("[A-Za-z0-9._\\[\\]:-]+:\\d{1,5}");
    /** Kafka's settings that load no class, read no file and weaken no promise. */
    private static final Set<String> CLIENT = Set.of(
            "client.rack",
            "client.dns.lookup",
            "connections.max.idle.ms",
            "default.api.timeout.ms",
            "metadata.max.age.ms",
            "receive.buffer.bytes",
            "reconnect.backoff.max.ms",
            "reconnect.backoff.ms",
            "request.timeout.ms",
            "retry.backoff.max.ms",
            "retry.backoff.ms",
            "send.buffer.bytes",
            "socket.connection.setup.timeout.max.ms",
            "socket.connection.setup.timeout.ms");

    private static final Set<String> PRODUCER = Set.of(
            "batch.size",
            "buffer.memory",
            "compression.gzip.level",
            "compression.lz4.level",
            "compression.type",
            "compression.zstd.level",
            "delivery.timeout.ms",
            "linger.ms",
            "max.block.ms",
            "max.request.size",
            "metadata.max.idle.ms",
            "transaction.timeout.ms");

    static KafkaConnection of(Setting settings) {
        settings.only("servers", "sasl", "tls", "registry", "properties");
        Map<String, Object> client = new LinkedHashMap<>();
        client.put("bootstrap.servers", servers(settings.get("servers")));
        client.put("request.timeout.ms", "10000");
        client.put("default.api.timeout.ms", "30000");
        client.put("metric.reporters", "");
        client.put("enable.metrics.push", "false");
        addSecurity(settings, client);
        Map<String, Object> producer = new LinkedHashMap<>();
        producer.put("compression.type", "lz4");
        producer.put("linger.ms", "2");
        producer.put("batch.size", String.valueOf(128 << 10));
        producer.put("buffer.memory", String.valueOf(48 << 20));
        producer.put("max.request.size", String.valueOf(40 << 20)); // the broker's limit is the one that counts
        producer.put("max.block.ms", "30000");
        producer.put("delivery.timeout.ms", "30000");
        producer.put("transaction.timeout.ms", "60000");
        settings.find("properties").ifPresent(found -> found.mapping()
                .forEach((name, value) -> addProperty(name, value, CLIENT.contains(name) ? client : producer)));
        return new KafkaConnection(client, producer);
    }

    /** How long the producer tries to send a record. */
    Duration deliveryTimeout() {
        return Duration.ofMillis(
                Long.parseLong(producer.get("delivery.timeout.ms").toString().trim()));
    }

    private static void addProperty(String name, Setting value, Map<String, Object> into) {
        if (!CLIENT.contains(name) && !PRODUCER.contains(name)) {
            throw value.error(
                    ErrorCode.BAD_CONNECTION,
                    "The property '" + name + "' cannot be set; known are "
                            + java.util.stream.Stream.concat(CLIENT.stream(), PRODUCER.stream())
                                    .sorted()
                                    .collect(Collectors.joining(", ")));
        }
        into.put(name, value.text());
    }

    private static String servers(Setting servers) {
        for (Setting server : servers.oneOrMany()) {
            for (String one : server.text().split(",", -1)) {
                if (!SERVER.matcher(one.trim()).matches()) {
                    throw server.error(
                            ErrorCode.BAD_CONNECTION, "Expected a server like kafka-1:9092 but found '" + one + "'");
                }
            }
        }
        String text = servers.oneOrMany().stream().map(Setting::text).collect(Collectors.joining(","));
        if (text.isEmpty()) {
            throw servers.error(ErrorCode.BAD_CONNECTION, "Expected at least one server like kafka-1:9092");
        }
        return text;
    }

    private static void addSecurity(Setting settings, Map<String, Object> client) {
        Setting tls = settings.find("tls").orElse(Setting.of(false));
        boolean encrypted = tls.isMapping() || tls.flag();
        if (tls.isMapping()) {
            addTls(tls.only("ca", "keystore", "password"), client);
        }
        Setting sasl = settings.find("sasl").orElse(null);
        if (sasl != null) {
            addSasl(sasl.only("mechanism", "user", "password"), client);
        }
        client.put("security.protocol", (sasl == null ? "" : "SASL_") + (encrypted ? "SSL" : "PLAINTEXT"));
    }

    /** PEM files: the authorities to trust, and for a client that must show who it is, its key with its certificates. */
    private static void addTls(Setting tls, Map<String, Object> client) {
        tls.find("ca").ifPresent(file -> {
            client.put("ssl.truststore.type", "PEM");
            client.put("ssl.truststore.location", file.text());
        });
        tls.find("keystore").ifPresent(file -> {
            client.put("ssl.keystore.type", "PEM");
            client.put("ssl.keystore.location", file.text());
        });
        tls.find("password").ifPresent(password -> client.put("ssl.key.password", password.text()));
    }

    private static void addSasl(Setting sasl, Map<String, Object> client) {
        String mechanism = sasl.get("mechanism").oneOf("PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512");
        String module = mechanism.equals("PLAIN") ? "plain.PlainLoginModule" : "scram.ScramLoginModule";
        client.put("sasl.mechanism", mechanism);
        client.put(
                "sasl.jaas.config",
                "org.apache.kafka.common.security." + module + " required username=" + quoted(sasl.get("user"))
                        + " password=" + quoted(sasl.get("password")) + ';');
    }

    private static String quoted(Setting setting) {
        String text = setting.text();
        if (text.chars().anyMatch(Character::isISOControl)) {
            throw new RookeryException(
                    ErrorCode.BAD_CONNECTION,
                    setting.place() + "Expected " + setting.path() + " without control characters");
        }
        return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }

    /** The servers; nothing secret. */
    @Override
    public String toString() {
        return "kafka " + client.get("bootstrap.servers");
    }
}
