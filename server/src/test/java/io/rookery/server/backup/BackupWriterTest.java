package io.rookery.server.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rookery.api.Json;
import io.rookery.api.Transaction;
import io.rookery.api.Write;
import io.rookery.cluster.DatabaseSettings;
import io.rookery.server.backup.BackupManifest.Part;
import io.rookery.store.Command;
import io.rookery.store.DocumentStore;
import io.rookery.store.RevisionPolicy;
import io.rookery.store.StoreCopy;
import io.rookery.store.StoreResources;
import io.rookery.store.TermIndex;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files of a backup: what is in them, and that an interrupted writer comes to the same ones. */
final class BackupWriterTest {
    private static final int DOCUMENTS = 1_700;
    private static final DatabaseSettings SETTINGS = DatabaseSettings.DEFAULT
            .withExpiration(new DatabaseSettings.Schedule(false, 30, 100))
            .withRevisions(new RevisionPolicy(new RevisionPolicy.Rule(false, 5, -1, false, 100), new TreeMap<>()));
    private static final BackupManifest.Shard SHARD = new BackupManifest.Shard(0, "group", 0, DOCUMENTS, 0);

    @TempDir
    private Path folder;

    private final StoreResources resources = StoreResources.open(8 << 20, 8 << 20);
    private StoreCopy copy;

    @BeforeEach
    void fill() {
        try (DocumentStore store = DocumentStore.open(folder.resolve("store"), "A", resources)) {
            List<Write> writes = new ArrayList<>();
            for (int i = 0; i < DOCUMENTS; i++) {
                Json body = Json.of(Map.of("pad", "x".repeat(200)));
                writes.add(new Write.PutDocument("items/" + i, "Items", body, null));
            }
            writes.add(new Write.PutEntry("row", new byte[] {0, 1, (byte) 255}));
            store.apply(new TermIndex(1, 1), List.of(new Command.Commit(Transaction.of(writes, 77))));
            store.checkpoint(folder.resolve("copy"));
        }
        copy = StoreCopy.open(folder.resolve("copy"), "A", resources);
    }

    @AfterEach
    void close() {
        copy.close();
        resources.close();
    }

    private Path place(String name) throws IOException {
        return Files.createDirectories(folder.resolve(name));
    }

    private void write(Path place, boolean full, List<Part> done, int most) throws IOException {
        BackupWriter.Target target = new BackupWriter.Target(place, SHARD, full, List.copyOf(done), 60_000);
        int[] left = {most};
        new BackupWriter(copy, target).write(part -> {
            if (left[0]-- == 0) {
                throw new IllegalStateException("interrupted");
            }
            done.add(part);
        });
    }

    @Test
    void shouldWriteTheSameFilesWhenItIsInterruptedAtEach() throws IOException {
        List<Part> whole = new ArrayList<>();
        write(place("whole"), true, whole, 100);
        assertThat(whole).hasSizeGreaterThan(5);

        for (int after = 0; after < whole.size(); after++) {
            Path place = place("interrupted-" + after);
            List<Part> parts = new ArrayList<>();
            int most = after;
            assertThatThrownBy(() -> write(place, true, parts, most)).hasMessage("interrupted");
            write(place, true, parts, 100);

            assertThat(parts).isEqualTo(whole);
            parts.forEach(part -> BackupArchive.compare(place.resolve(part.name()), part, part.name()));
        }
    }

    @Test
    void shouldHaveEveryDocumentOnceWithWhatBelongsToIt() throws IOException {
        List<Part> parts = new ArrayList<>();
        Path place = place("full");
        write(place, true, parts, 100);

        List<Part> documents = parts.stream()
                .filter(part -> part.section() == BackupManifest.Section.DOCUMENTS)
                .toList();
        assertThat(documents.stream().mapToLong(Part::records).sum()).isEqualTo(DOCUMENTS);
        try (PartReader reader = new PartReader(place.resolve(documents.get(0).name()))) {
            PartReader.Item first = reader.next();
            assertThat(first.text("id")).isEqualTo("items/0");
            assertThat(first.text("collection")).isEqualTo("Items");
            assertThat(first.number("timestamp")).isEqualTo(77);
            assertThat(first.body()).isEqualTo(Json.of(Map.of("pad", "x".repeat(200))));
        }
    }

    @Test
    void shouldWriteChangesInOrder() throws IOException {
        List<Part> parts = new ArrayList<>();
        write(place("changes"), false, parts, 100);

        List<Part> changes = parts.stream()
                .filter(part -> part.section() == BackupManifest.Section.CHANGES)
                .toList();
        assertThat(changes).hasSizeGreaterThan(1);
        assertThat(changes.stream().mapToLong(Part::records).sum()).isEqualTo(DOCUMENTS);
        assertThat(changes.get(changes.size() - 1).end()).isTrue();
    }

    @Test
    void shouldReadBackItsManifest() throws IOException {
        List<Part> parts = new ArrayList<>();
        write(place("manifest"), true, parts, 100);
        BackupManifest manifest = new BackupManifest("b1", "shop", null, 5, SETTINGS, List.of(SHARD), parts);

        assertThat(BackupManifest.of(manifest.json())).isEqualTo(manifest);
    }

    @Test
    void shouldReadManifestsOfTheFirstFormat() {
        String first =
                "{\"format\":1,\"id\":\"b1\",\"database\":\"shop\",\"kind\":\"full\",\"previous\":null,\"taken\":5,"
                        + "\"shards\":[],\"files\":[]}";

        assertThat(BackupManifest.of(Json.parse(first)))
                .isEqualTo(new BackupManifest("b1", "shop", null, 5, DatabaseSettings.DEFAULT, List.of(), List.of()));
        assertThatThrownBy(() -> BackupManifest.of(Json.parse(first.replace(":1,", ":3,"))))
                .hasMessageContaining("format 1 to 2");
    }
}
