package dev.tasker.postgres;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/**
 * Reads the part of the tar format that the PostgreSQL archives use: files, folders and symbolic links with short
 * names. Anything else is an error, never skipped.
 */
final class TarArchive {
    private static final int BLOCK_BYTES = 512;
    private static final Set<PosixFilePermission> EXECUTABLE = PosixFilePermissions.fromString("rwxr-xr-x");
    private static final Set<PosixFilePermission> READABLE = PosixFilePermissions.fromString("rw-r--r--");

    private final InputStream in;

    TarArchive(InputStream in) {
        this.in = in;
    }

    /** Unpacks every entry below {@code target}, readable for everyone on the machine. */
    void unpackInto(Path target) throws IOException {
        for (byte[] header = nextBlock(); header[0] != 0; header = nextBlock()) {
            String name = text(header, 0, 100);
            Path path = inside(target, name);
            long sizeBytes = octal(header, 124, 12);
            char type = (char) header[156];
            switch (type) {
                case '0', '\0' -> writeFile(path, sizeBytes, (octal(header, 100, 8) & 0100) != 0);
                case '5' -> Files.createDirectories(path);
                case '2' -> link(target, path, text(header, 157, 100));
                default -> throw new IOException("tar entry " + name + ": type '" + type + "' (expected: 0, 2 or 5)");
            }
        }
    }

    private byte[] nextBlock() throws IOException {
        byte[] block = in.readNBytes(BLOCK_BYTES);
        if (block.length < BLOCK_BYTES) {
            throw new EOFException(
                    "tar archive ends early: " + block.length + " bytes (expected: " + BLOCK_BYTES + ")");
        }
        return block;
    }

    private void writeFile(Path path, long sizeBytes, boolean executable) throws IOException {
        Files.createDirectories(parentOf(path));
        try (var out = Files.newOutputStream(path)) {
            for (long left = sizeBytes; left > 0; left -= BLOCK_BYTES) {
                out.write(nextBlock(), 0, (int) Math.min(left, BLOCK_BYTES));
            }
        }
        Files.setPosixFilePermissions(path, executable ? EXECUTABLE : READABLE);
    }

    private static void link(Path target, Path path, String destination) throws IOException {
        inside(target, target.relativize(parentOf(path)).resolve(destination).toString());
        Files.createDirectories(parentOf(path));
        Files.createSymbolicLink(path, Path.of(destination));
    }

    private static Path inside(Path target, String name) throws IOException {
        Path path = target.resolve(name).normalize();
        if (!path.startsWith(target)) {
            throw new IOException("tar entry " + name + ": leads out of the archive (expected: a path inside it)");
        }
        return path;
    }

    private static Path parentOf(Path path) throws IOException {
        Path parent = path.getParent();
        if (parent == null) {
            throw new IOException("tar entry " + path + ": has no folder");
        }
        return parent;
    }

    private static String text(byte[] header, int offset, int length) {
        int end = offset;
        while (end < offset + length && header[end] != 0) {
            end++;
        }
        return new String(header, offset, end - offset, StandardCharsets.UTF_8);
    }

    private static long octal(byte[] header, int offset, int length) throws IOException {
        String digits = text(header, offset, length).strip();
        try {
            return digits.isEmpty() ? 0 : Long.parseLong(digits, 8);
        } catch (NumberFormatException e) {
            throw new IOException("tar header: '" + digits + "' (expected: an octal number)", e);
        }
    }
}
