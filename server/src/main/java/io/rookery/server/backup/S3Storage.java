package io.rookery.server.backup;

import io.rookery.api.ErrorCode;
import io.rookery.api.RookeryException;
import io.rookery.cluster.disk.Folders;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3ClientBuilder;
import software.amazon.awssdk.services.s3.model.CommonPrefix;
import software.amazon.awssdk.services.s3.model.NoSuchKeyException;

/**
 * Backups in a bucket of S3, or of another store that speaks its protocol. Credentials are found as AWS's tools find them:
 * environment, {@code ~/.aws}, the machine's role. The client retries what passes.
 */
final class S3Storage implements BackupStorage {
    private static final Duration CONNECT = Duration.ofSeconds(10);
    private static final Duration SILENCE = Duration.ofMinutes(1);
    private static final Duration CALL = Duration.ofMinutes(5);
    /** Somebody waits for a list. */
    private static final Duration LIST = Duration.ofSeconds(5);

    private final BackupPlace.Bucket bucket;
    private final Path work;
    private final S3Client client;

    /** @param work a folder of this node for files on their way */
    S3Storage(BackupPlace.Bucket bucket, Path work) {
        this.bucket = bucket;
        this.work = work;
        S3ClientBuilder builder = S3Client.builder()
                .region(Region.of(bucket.region()))
                .forcePathStyle(bucket.endpoint() != null)
                // others than Amazon refuse what they do not know; each file is compared with its SHA-256 in the end
                .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
                .responseChecksumValidation(ResponseChecksumValidation.WHEN_REQUIRED)
                .overrideConfiguration(override -> override.apiCallTimeout(CALL))
                .httpClientBuilder(UrlConnectionHttpClient.builder()
                        .connectionTimeout(CONNECT)
                        .socketTimeout(SILENCE));
        if (bucket.endpoint() != null) {
            builder.endpointOverride(bucket.endpoint());
        }
        client = builder.build();
    }

    @Override
    public List<String> names(String key) {
        String prefix = object(key.isEmpty() ? "" : key + "/");
        try {
            return client
                    .listObjectsV2Paginator(list -> list.bucket(bucket.name())
                            .prefix(prefix)
                            .delimiter("/")
                            .overrideConfiguration(override -> override.apiCallTimeout(LIST)))
                    .commonPrefixes()
                    .stream()
                    .map(CommonPrefix::prefix)
                    .map(found -> found.substring(prefix.length(), found.length() - 1))
                    .sorted()
                    .toList();
        } catch (SdkException e) {
            throw new RookeryException(
                    ErrorCode.UNAVAILABLE, "The backups in " + place(key) + " cannot be listed: " + e.getMessage(), e);
        }
    }

    @Override
    public Optional<byte[]> read(String key) throws IOException {
        try {
            return Optional.of(
                    client.getObjectAsBytes(get -> get.bucket(bucket.name()).key(object(key)))
                            .asByteArray());
        } catch (NoSuchKeyException e) {
            return Optional.empty();
        } catch (SdkException e) {
            throw failed("read", key, e);
        }
    }

    @Override
    public void write(String key, byte[] bytes) throws IOException {
        put(key, RequestBody.fromBytes(bytes));
    }

    @Override
    public Path drafts(String backup) throws IOException {
        return Files.createDirectories(work.resolve("drafts").resolve(backup));
    }

    @Override
    public void drop(String backup) {
        Folders.delete(work.resolve("drafts").resolve(backup));
    }

    @Override
    public void keep(String key, Path draft) throws IOException {
        put(key, RequestBody.fromFile(draft));
        Files.delete(draft);
    }

    private void put(String key, RequestBody body) throws IOException {
        try {
            client.putObject(put -> put.bucket(bucket.name()).key(object(key)), body);
        } catch (SdkException e) {
            throw failed("written", key, e);
        }
    }

    @Override
    public Fetched fetch(String key) throws IOException {
        Path folder = Files.createDirectories(work.resolve("fetched"));
        Path file = folder.resolve(UUID.randomUUID().toString());
        try {
            client.getObject(get -> get.bucket(bucket.name()).key(object(key)), file);
            return new Fetched(file, true);
        } catch (SdkException e) {
            Files.deleteIfExists(file);
            throw failed("read", key, e);
        }
    }

    private IOException failed(String what, String key, SdkException e) {
        return new IOException(place(key) + " cannot be " + what + ": " + e.getMessage(), e);
    }

    private String object(String key) {
        return bucket.prefix() + key;
    }

    @Override
    public String place(String key) {
        return "s3://" + bucket.name() + "/" + object(key);
    }

    @Override
    public void close() {
        client.close();
    }
}
