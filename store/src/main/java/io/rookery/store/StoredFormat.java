package io.rookery.store;

import io.rookery.api.Operation;
import io.rookery.store.rocks.StoreFailure;
import java.nio.ByteBuffer;

/** The first byte of every stored value: the version of its format. Old versions stay readable for ever. */
final class StoredFormat {
    static final byte ONE = 1;
    static final byte TWO = 2;

    private StoredFormat() {}

    /** Checks the version and gives the bytes behind it. */
    static ByteBuffer read(byte[] value, String what) {
        if (value.length == 0 || value[0] != ONE) {
            throw new StoreFailure("Expected a stored " + what + " of format 1 but found "
                    + (value.length == 0 ? "nothing" : value[0]));
        }
        return ByteBuffer.wrap(value, 1, value.length - 1);
    }

    static byte code(Operation operation) {
        return switch (operation) {
            case INSERT -> 'I';
            case UPDATE -> 'U';
            case DELETE -> 'D';
        };
    }

    static Operation operation(byte code) {
        return switch (code) {
            case 'I' -> Operation.INSERT;
            case 'U' -> Operation.UPDATE;
            case 'D' -> Operation.DELETE;
            default -> throw new StoreFailure("Expected the code of an operation but found " + code);
        };
    }
}
