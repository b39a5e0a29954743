package io.rookery.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.rookery.server.blackbox.Answer;
import io.rookery.server.blackbox.Api;
import io.rookery.server.blackbox.LoopVolume;
import io.rookery.server.blackbox.Nodes;
import io.rookery.server.process.ServerProcess;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Nodes whose data is on volumes of their own, which are filled to the last block. */
class DiskFullIT {
    private static final int MEGABYTES = 400;
    private static final String PAD = "x".repeat(100_000);
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    @TempDir
    Path folder;

    private final List<LoopVolume> volumes = new ArrayList<>();
    private Nodes nodes;

    @BeforeEach
    void mount() {
        for (String tag : List.of("A", "B", "C")) {
            LoopVolume volume = LoopVolume.mount(folder.resolve(tag), MEGABYTES);
            assumeTrue(volume != null, "no loop volume may be mounted here");
            volumes.add(volume);
        }
        nodes = Nodes.start(folder, 3).withDatabase("shop", 3);
    }

    @AfterEach
    void unmount() {
        if (nodes != null) {
            nodes.close();
        }
        volumes.forEach(LoopVolume::close);
    }

    @Test
    void shouldRefuseWritesOnFullDisksAndGoOnWhenThereIsRoomAgain() {
        assertThat(put(api(0), "before").status()).isEqualTo(201);
        ServerProcess leader = nodes.awaitLeader("shop");
        int follower = nodes.all().indexOf(nodes.others(leader).get(0));

        aFullFollowerIsNotFelt(follower);
        writesAreRefusedAndReadsGoOnWhileAllAreFull();

        assertThat(nodes.all()).as("nobody ended").allMatch(ServerProcess::isAlive);
        await().atMost(PATIENCE).ignoreExceptions().untilAsserted(() -> assertThat(
                        new HashSet<>(nodes.stateHashes("shop")))
                .hasSize(1));
    }

    private void aFullFollowerIsNotFelt(int follower) {
        volumes.get(follower).fill(0);
        Api other = api((follower + 1) % 3);
        await().atMost(PATIENCE).until(() -> "FULL".equals(disk(other, follower).get("state")));

        // more than its ballast could hold, and then much less than the others have
        for (int i = 0; i < 500; i++) {
            assertThat(put(other, "while-one-is-full/" + i).status()).isEqualTo(201);
        }
        assertThat(nodes.all().get(follower).isAlive()).isTrue();
        assertThat(api(follower).get("/health/ready").text("reason")).contains("is full");
        assertThat(api(follower).get("/metrics").body()).contains("rookery_disk_full 1.0");
        assertThat(api(follower)
                        .get("/databases/shop/docs?id=before&consistency=local")
                        .status())
                .isEqualTo(200);

        volumes.get(follower).empty();
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(api(follower)
                        .get("/databases/shop/docs?id=while-one-is-full/499")
                        .status())
                .isEqualTo(200));
    }

    private void writesAreRefusedAndReadsGoOnWhileAllAreFull() {
        volumes.forEach(volume -> volume.fill(0));
        await().atMost(PATIENCE).until(() -> nodes.all().stream().allMatch(node ->
                !(Boolean) new Api(node.url()).get("/health/ready").json().getOrDefault("writable", true)));
        for (int node = 0; node < 3; node++) {
            Answer refused = put(api(node), "refused");
            assertThat(refused.status()).as(refused.toString()).isEqualTo(507);
            assertThat(refused.text("code")).isEqualTo("DISK_FULL");
            assertThat(refused.text("outcome")).isEqualTo("not_applied");
            assertThat(refused.header("Retry-After")).isNotNull();
            assertThat(api(node).get("/databases/shop/docs?id=before").status()).isEqualTo(200);
            assertThat(api(node).get("/databases/shop/docs?id=refused").status())
                    .isEqualTo(404);
        }

        linearizableReadsGoOnWithoutOneFreeBlock();

        volumes.forEach(LoopVolume::empty);
        await().atMost(Duration.ofSeconds(10)).until(() -> put(api(1), "after").status() == 201);
    }

    /** Nodes give up their ballast first; then no log has room for anything. */
    private void linearizableReadsGoOnWithoutOneFreeBlock() {
        await().atMost(PATIENCE).until(() -> {
            volumes.forEach(volume -> volume.fill(0));
            return volumes.stream().allMatch(volume -> volume.free() == 0);
        });
        await().during(Duration.ofSeconds(3)).atMost(PATIENCE).untilAsserted(() -> {
            for (ServerProcess node : nodes.all()) {
                Answer read = new Api(node.url(), Duration.ofSeconds(2)).get("/databases/shop/docs?id=before");
                assertThat(read.status()).as("%s of %s", read, node.tag()).isEqualTo(200);
            }
        });
    }

    private Map<?, ?> disk(Api asked, int node) {
        String tag = nodes.all().get(node).tag();
        return (Map<?, ?>) asked.get("/cluster").list("nodes").stream()
                .filter(one -> tag.equals(one.get("tag")))
                .findFirst()
                .orElseThrow()
                .getOrDefault("disk", Map.of());
    }

    private Api api(int node) {
        return new Api(nodes.all().get(node).url(), Duration.ofSeconds(20));
    }

    private static Answer put(Api api, String id) {
        return api.put("/databases/shop/docs?id=" + id, "{\"pad\":\"" + PAD + "\"}");
    }
}
