package dev.tasker.postgres;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** The right of one process to use a data directory; the operating system takes it back when the process dies. */
final class FolderLock implements AutoCloseable {
    private static final int ATTEMPTS_MAX = 10;

    private final FileChannel channel;

    private FolderLock(FileChannel channel) {
        this.channel = channel;
    }

    /** Takes the lock, or says which process has it. */
    static FolderLock acquire(Path folder, Path lockFile) throws IOException {
        for (int attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
            FileChannel channel =
                    FileChannel.open(lockFile, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
            if (!tryLock(channel)) {
                channel.close();
                throw new EmbeddedPostgresException(folder + ": in use by process " + holder(lockFile)
                        + " (expected: a folder that no running Tasker uses; stop that one or choose another folder)");
            }
            String mark = ProcessHandle.current().pid() + " " + System.nanoTime() + "\n";
            channel.truncate(0).write(ByteBuffer.wrap(mark.getBytes(StandardCharsets.UTF_8)), 0);
            if (content(lockFile).equals(mark)) {
                return new FolderLock(channel);
            }
            channel.close(); // the holder before us deleted the file between our opening and our locking it
        }
        throw new EmbeddedPostgresException(lockFile + ": replaced again and again while locking it");
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw new EmbeddedPostgresException("cannot release a data directory: " + e, e);
        }
    }

    private static boolean tryLock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock() != null;
        } catch (OverlappingFileLockException e) {
            return false; // held by this very process
        }
    }

    private static String holder(Path lockFile) throws IOException {
        String pid = content(lockFile).split(" ", 2)[0];
        return pid.isEmpty() ? "(unknown)" : pid;
    }

    private static String content(Path lockFile) throws IOException {
        try {
            return Files.readString(lockFile);
        } catch (NoSuchFileException e) {
            return "";
        }
    }
}
