package io.rookery.store;

import io.rookery.store.rocks.RocksView;
import io.rookery.store.rocks.Space;
import io.rookery.store.rocks.StoreFailure;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;

/**
 * Keeps the parts of a command that does not fit into one log entry until its last one comes. At most one command's are
 * kept: the first part of another one, a later term or many entries mean that the rest never comes.
 */
final class PartStep {
    private final Draft draft;
    private final ShardState state;

    PartStep(Draft draft, ShardState state) {
        this.draft = draft;
        this.state = state;
    }

    /** At an entry's beginning. */
    void forgetAbandoned(TermIndex at) {
        if (state.parts != null && !state.parts.canGoOn(at)) {
            forget();
        }
    }

    Outcome apply(Command.Part part, TermIndex at) {
        if (part.number() == 0) {
            forget();
            state.parts = StagedParts.begin(part, at);
        } else if (state.parts != null && state.parts.isNext(part) && !part.isLast()) {
            state.parts = state.parts.oneMore();
        } else {
            if (state.parts != null && state.parts.whole().equals(part.whole())) {
                forget();
            }
            return new Outcome.Incomplete();
        }
        draft.putNew(Space.STATE, Keys.part(part.number()), formatted(part.bytes()));
        draft.put(Space.STATE, Keys.PARTS, state.parts.write());
        return new Outcome.Passed(at.index());
    }

    private static byte[] formatted(byte[] bytes) {
        return ByteBuffer.allocate(1 + bytes.length)
                .put(StoredFormat.ONE)
                .put(bytes)
                .array();
    }

    void forget() {
        if (state.parts == null) {
            return;
        }
        for (int number = 0; number < state.parts.next(); number++) {
            draft.delete(Space.STATE, Keys.part(number));
        }
        draft.delete(Space.STATE, Keys.PARTS);
        state.parts = null;
    }

    /** All that is staged with the last part behind it. */
    static byte[] join(RocksView view, StagedParts staged, Command.Part last) {
        ByteArrayOutputStream whole = new ByteArrayOutputStream(staged.count() * last.bytes().length);
        for (int number = 0; number < staged.next(); number++) {
            byte[] value = view.get(Space.STATE, Keys.part(number));
            if (value == null) {
                throw new StoreFailure("Expected part " + number + " of " + staged + " but found none");
            }
            ByteBuffer bytes = StoredFormat.read(value, "part");
            whole.write(value, bytes.arrayOffset() + bytes.position(), bytes.remaining());
        }
        whole.writeBytes(last.bytes());
        return whole.toByteArray();
    }
}
