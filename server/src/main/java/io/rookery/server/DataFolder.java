package io.rookery.server;

import io.rookery.api.ErrorCode;
import io.rookery.api.RookeryException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** A node's data folder: one process at a time, because two would destroy it. */
public final class DataFolder {
    private DataFolder() {}

    /** Until it is closed nobody else gets it. @throws RookeryException BAD_CONFIGURATION when somebody has it */
    public static AutoCloseable lock(Path data) {
        Path file = data.resolve("lock");
        try {
            Files.createDirectories(data);
            FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            FileLock lock = channel.tryLock();
            if (lock == null) {
                channel.close();
                throw new RookeryException(
                        ErrorCode.BAD_CONFIGURATION,
                        "Expected a data folder of its own but " + data + " is used by another process");
            }
            return channel;
        } catch (IOException e) {
            throw new UncheckedIOException("The data folder " + data + " cannot be used", e);
        }
    }
}
