package io.rookery.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.rookery.api.Json;
import io.rookery.api.Transaction;
import io.rookery.api.Write;
import io.rookery.cluster.disk.Folders;
import io.rookery.cluster.wire.NotAppendedException;
import io.rookery.store.Command;
import io.rookery.store.DocumentStore;
import io.rookery.store.StoreResources;
import io.rookery.store.TermIndex;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A new shard's folder is whole or not there, also when its seed is deleted while it is made. */
final class SplitBeginningTest {
    private static final TermIndex SPLIT = new TermIndex(3, 7);

    @TempDir
    Path data;

    @Test
    void shouldMakeAWholeFolderOrNoneWhenTheSeedGoesMeanwhile() throws IOException {
        Files.createDirectories(RaftSettings.raftFolder(data));
        Random random = new Random(42);
        int made = 0;
        for (int i = 0; i < 60; i++) {
            ShardDefinition source = ShardDefinition.of(UUID.randomUUID(), "shop", 0);
            ShardDefinition target = ShardDefinition.of(UUID.randomUUID(), "shop", 1);
            Path folder = data.resolve("shards").resolve(source.group().toString());
            Path seed = SplitSeed.place(folder.resolve("store"), target.tag(), SPLIT.index());
            int files = write(seed);
            SplitBeginning beginning = new SplitBeginning(data, source.group(), target);

            CompletableFuture<Boolean> making = CompletableFuture.supplyAsync(() -> {
                try {
                    beginning.make(SPLIT.index(), List.of(Members.peer("A", "127.0.0.1:1")));
                    return true;
                } catch (NotAppendedException e) {
                    return false;
                }
            });
            LockSupport.parkNanos(random.nextInt(20_000_000));
            SplitSeed.delete(folder, target.tag());

            Path raft = RaftSettings.raftFolder(data).resolve(target.group().toString());
            assertThat(Files.exists(seed)).isFalse();
            assertThat(Files.exists(raft)).isEqualTo(making.join());
            if (making.join()) {
                made++;
                assertThat(Folders.list(raft.resolve("sm").resolve("snapshot.3_7")))
                        .hasSize(files);
            }
        }
        assertThat(made).isPositive();
    }

    private static int write(Path seed) {
        try (StoreResources resources = StoreResources.open(1 << 20, 1 << 20)) {
            try (DocumentStore store = DocumentStore.open(seed, "A", resources)) {
                Write put = new Write.PutDocument("a", "Items", Json.parse("{}"), null);
                store.apply(SPLIT, List.of(new Command.Commit(Transaction.of(List.of(put), 1))));
            }
        }
        return Folders.list(seed).size();
    }
}
