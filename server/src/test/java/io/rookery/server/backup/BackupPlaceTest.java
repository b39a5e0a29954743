package io.rookery.server.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

final class BackupPlaceTest {
    @Test
    void shouldTakeFoldersAndBuckets() {
        assertThat(BackupPlace.of("/mnt/backups", null, "us-east-1"))
                .isEqualTo(new BackupPlace.Folder(Path.of("/mnt/backups")));
        assertThat(BackupPlace.of("s3://shop-backups", null, "eu-west-1"))
                .isEqualTo(new BackupPlace.Bucket("shop-backups", "", null, "eu-west-1"));
        assertThat(BackupPlace.of("s3://shop-backups/a/b/", "http://127.0.0.1:9000", "us-east-1"))
                .isEqualTo(new BackupPlace.Bucket(
                        "shop-backups", "a/b/", URI.create("http://127.0.0.1:9000"), "us-east-1"))
                .hasToString("s3://shop-backups/a/b/");
    }

    @Test
    void shouldSayWhatWasExpected() {
        assertThatThrownBy(() -> BackupPlace.of("s3://", null, "x")).hasMessageContaining("name of a bucket");
        assertThatThrownBy(() -> BackupPlace.of("s3://UPPER/x", null, "x")).hasMessageContaining("s3://UPPER/x");
        assertThatThrownBy(() -> BackupPlace.of("/mnt", "http://127.0.0.1:1", "x"))
                .hasMessageContaining("s3://BUCKET")
                .hasMessageContaining("/mnt");
        assertThatThrownBy(() -> BackupPlace.of("s3://abc", "127.0.0.1:9000", "x"))
                .hasMessageContaining("backup_endpoint");
        assertThatThrownBy(() -> BackupPlace.of("s3://abc", "http://a b", "x")).hasMessageContaining("http://a b");
    }
}
