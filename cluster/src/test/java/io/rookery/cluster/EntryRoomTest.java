package io.rookery.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.ratis.conf.RaftProperties;
import org.apache.ratis.proto.RaftProtos.AppendEntriesRequestProto;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.proto.RaftProtos.StateMachineLogEntryProto;
import org.apache.ratis.server.RaftServerConfigKeys;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EntryRoomTest {
    @TempDir
    private Path data;

    private final List<String> fatal = new ArrayList<>();

    private EntryRoom start(int level) {
        return EntryRoom.of(data, level, fatal::add);
    }

    private void runsSince(String entries) throws IOException {
        Files.createDirectories(RaftSettings.raftFolder(data).resolve("00000000-0000-0001-0000-000000000002"));
        if (!entries.isEmpty()) {
            Files.writeString(data.resolve("entries.json"), "{\"entries\":\"" + entries + "\"}");
        }
    }

    private static AppendEntriesRequestProto entries(int... sizes) {
        AppendEntriesRequestProto.Builder request = AppendEntriesRequestProto.newBuilder();
        for (int size : sizes) {
            request.addEntries(LogEntryProto.newBuilder()
                    .setStateMachineLogEntry(
                            StateMachineLogEntryProto.newBuilder().setLogData(ByteString.copyFrom(new byte[size]))));
        }
        return request.build();
    }

    @Test
    void shouldBeSmallInANewClusterAndStaySo() throws IOException {
        assertThat(start(FeatureLevel.PARTS).isSmall()).isTrue();

        runsSince("");
        EntryRoom again = start(FeatureLevel.PARTS);
        assertThat(again.isSmall()).isTrue();
        assertThat(again.needsParts(FeatureLevel.UNSAID)).isTrue();
        RaftProperties properties = new RaftProperties();
        again.applyTo(properties);
        assertThat(RaftServerConfigKeys.Log.writeBufferSize(properties).getSizeInt())
                .isLessThan(2 << 20);
    }

    @Test
    void shouldBeLargeUntilTheClusterWritesInPartsAndTheNextStart() throws IOException {
        runsSince("");
        EntryRoom upgraded = start(FeatureLevel.PARTS);
        assertThat(upgraded.isSmall()).isFalse();
        assertThat(upgraded.takes(entries(19 << 20))).isTrue();
        assertThat(upgraded.needsParts(FeatureLevel.SPLITS)).isFalse();

        upgraded.heard(FeatureLevel.SPLITS);
        assertThat(start(FeatureLevel.PARTS).isSmall()).isFalse();
        upgraded.heard(FeatureLevel.PARTS);
        assertThat(upgraded.isSmall()).isFalse();
        assertThat(start(FeatureLevel.PARTS).isSmall()).isTrue();
    }

    @Test
    void shouldBeLargeAsAReleaseOfBefore() {
        assertThat(start(FeatureLevel.SPLITS).isSmall()).isFalse();
        assertThat(data.resolve("entries.json")).doesNotExist();
    }

    @Test
    void shouldBeLargeInAClusterThatDoesNotSayThatItIsSmall() throws IOException {
        EntryRoom joining = start(FeatureLevel.PARTS);
        RaftProperties properties = new RaftProperties();

        joining.enlarge(properties);

        assertThat(joining.isSmall()).isFalse();
        assertThat(RaftServerConfigKeys.Log.writeBufferSize(properties).getSizeInt())
                .isGreaterThan(20 << 20);
        runsSince("");
        assertThat(start(FeatureLevel.PARTS).isSmall()).isFalse();
    }

    @Test
    void shouldEndWhenABigEntryComesAndHaveRoomForItThen() throws IOException {
        runsSince("parts");
        EntryRoom small = start(FeatureLevel.PARTS);
        assertThat(small.takes(entries(1 << 20, 1 << 20, 1 << 20))).isTrue();
        assertThat(fatal).isEmpty();

        assertThat(small.takes(entries(10, 2 << 20))).isFalse();

        assertThat(fatal).singleElement().asString().contains("2097");
        assertThat(start(FeatureLevel.PARTS).isSmall()).isFalse();
    }
}
