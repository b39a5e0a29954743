package io.rookery.cluster;

import io.rookery.cluster.wire.WireReader;
import io.rookery.cluster.wire.WireWriter;
import java.util.ArrayList;
import java.util.List;

/**
 * What the last scrub of a shard's replica on a node found.
 *
 * @param at when it ended, or began while it runs; milliseconds since the epoch
 * @param bytes that were read
 * @param index log index that was looked at; its {@code hash} is the same on every sound replica
 * @param message what is wrong; null when nothing is
 */
public record ScrubResult(
        String node,
        String database,
        int shard,
        State state,
        long at,
        long bytes,
        long index,
        String hash,
        String message) {
    /** FAILED says nothing of the replica: it could not be looked at. */
    public enum State {
        RUNNING,
        SOUND,
        DAMAGED,
        FAILED
    }

    static byte[] write(List<ScrubResult> results) {
        WireWriter out = new WireWriter(256).number(results.size());
        for (ScrubResult one : results) {
            out.text(one.node)
                    .text(one.database)
                    .number(one.shard)
                    .text(one.state.name())
                    .number(one.at)
                    .number(one.bytes)
                    .number(one.index)
                    .optionalText(one.hash)
                    .optionalText(one.message);
        }
        return out.toBytes();
    }

    static List<ScrubResult> read(byte[] answer) {
        WireReader in = new WireReader(answer);
        List<ScrubResult> results = new ArrayList<>();
        for (int i = in.count(); i > 0; i--) {
            results.add(new ScrubResult(
                    in.text(),
                    in.text(),
                    (int) in.number(),
                    State.valueOf(in.text()),
                    in.number(),
                    in.number(),
                    in.number(),
                    in.optionalText(),
                    in.optionalText()));
        }
        return results;
    }
}
