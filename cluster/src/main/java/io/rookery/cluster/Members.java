package io.rookery.cluster;

import io.rookery.cluster.wire.WireReader;
import io.rookery.cluster.wire.WireWriter;
import java.util.ArrayList;
import java.util.List;
import org.apache.ratis.protocol.RaftPeer;

/** Members of a Raft group, as nodes tell each other. All have the same priority: no leader is wished for. */
final class Members {
    private Members() {}

    static RaftPeer peer(String tag, String address) {
        return RaftPeer.newBuilder().setId(tag).setAddress(address).build();
    }

    static void write(WireWriter out, List<RaftPeer> peers) {
        out.number(peers.size());
        peers.forEach(peer -> out.text(peer.getId().toString()).text(peer.getAddress()));
    }

    static List<RaftPeer> read(WireReader in) {
        int count = in.count();
        List<RaftPeer> peers = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            peers.add(peer(in.text(), in.text()));
        }
        return peers;
    }
}
