package io.rookery.server.backup;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.regex.Pattern;

/** Where a node's backups are, as its configuration says. */
public sealed interface BackupPlace {
    String SCHEME = "s3://";

    record Folder(Path path) implements BackupPlace {
        @Override
        public String toString() {
            return path.toString();
        }
    }

    /**
     * @param prefix of every key; empty, or ends with a slash
     * @param endpoint of another store than Amazon's; null for that
     */
    record Bucket(String name, String prefix, URI endpoint, String region) implements BackupPlace {
        /** Where none is named; stores of others want some name. */
        public static final String REGION = "us-east-1";

        private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]");

        @Override
        public String toString() {
            return SCHEME + name + "/" + prefix;
        }
    }

    /**
     * @param place a folder, or {@code s3://BUCKET} with or without a prefix behind it
     * @param endpoint URL; null for Amazon's
     * @throws IllegalArgumentException with what was expected
     */
    static BackupPlace of(String place, String endpoint, String region) {
        if (!place.startsWith(SCHEME)) {
            if (endpoint != null) {
                throw new IllegalArgumentException(
                        "Expected backup: s3://BUCKET beside backup_endpoint but found '" + place + "'");
            }
            return new Folder(Path.of(place));
        }
        String[] parts = place.substring(SCHEME.length()).split("/", 2);
        if (!Bucket.NAME.matcher(parts[0]).matches()) {
            throw new IllegalArgumentException(
                    "Expected s3://BUCKET/PREFIX with the name of a bucket for backup but found '" + place + "'");
        }
        String prefix = parts.length == 1 ? "" : parts[1].replaceFirst("/+$", "");
        return new Bucket(parts[0], prefix.isEmpty() ? "" : prefix + "/", url(endpoint), region);
    }

    private static URI url(String endpoint) {
        if (endpoint == null) {
            return null;
        }
        try {
            URI url = new URI(endpoint);
            if (url.getHost() != null && ("http".equals(url.getScheme()) || "https".equals(url.getScheme()))) {
                return url;
            }
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException(expectedUrl(endpoint), e);
        }
        throw new IllegalArgumentException(expectedUrl(endpoint));
    }

    private static String expectedUrl(String endpoint) {
        return "Expected http://HOST:PORT or https://HOST for backup_endpoint but found '" + endpoint + "'";
    }
}
