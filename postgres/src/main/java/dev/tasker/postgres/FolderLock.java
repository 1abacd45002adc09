package dev.tasker.postgres;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The right of one process to use a data directory; the operating system takes it back when the process dies.
 *
 * <p>POSIX drops all locks of a process on a file as soon as it closes any descriptor of that file. So a process that
 * has the lock must not even open the file again, and keeps in mind which ones it has.
 */
final class FolderLock implements AutoCloseable {
    private static final Set<Path> HELD_HERE = ConcurrentHashMap.newKeySet();

    private final Path lockFile;
    private final FileChannel channel;

    private FolderLock(Path lockFile, FileChannel channel) {
        this.lockFile = lockFile;
        this.channel = channel;
    }

    /** Takes the lock, or says which process has it. */
    static FolderLock acquire(Path folder, String fileName) throws IOException {
        Path lockFile = folder.toRealPath().resolve(fileName);
        long ownId = ProcessHandle.current().pid();
        if (!HELD_HERE.add(lockFile)) {
            throw inUse(folder, "this process, " + ownId);
        }
        FileChannel channel = null;
        try {
            channel = FileChannel.open(
                    lockFile, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
            if (channel.tryLock() == null) {
                throw inUse(folder, "process " + Files.readString(lockFile).strip());
            }
            channel.truncate(0).write(ByteBuffer.wrap(Long.toString(ownId).getBytes(StandardCharsets.UTF_8)));
            return new FolderLock(lockFile, channel);
        } catch (IOException | RuntimeException e) {
            if (channel != null) {
                channel.close();
            }
            HELD_HERE.remove(lockFile);
            throw e;
        }
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw new EmbeddedPostgresException("cannot release " + lockFile + ": " + e, e);
        } finally {
            HELD_HERE.remove(lockFile);
        }
    }

    private static EmbeddedPostgresException inUse(Path folder, String holder) {
        return new EmbeddedPostgresException(folder + ": in use by " + holder
                + " (expected: a folder that no running Tasker uses; stop that one or choose another folder)");
    }
}
