package dev.tasker.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TarArchiveTest {
    @TempDir
    Path target;

    private final ByteArrayOutputStream archive = new ByteArrayOutputStream();

    @Test
    void filesFoldersAndLinksAreUnpackedWithTheirRights() throws Exception {
        entry("empty/", '5', "755", "", "");
        entry("bin/run", '0', "755", "", "x".repeat(600));
        entry("lib/a", '0', "644", "", "");
        entry("lib/link", '2', "777", "../bin/run", "");
        unpack();

        assertThat(target.resolve("empty")).isEmptyDirectory();
        assertThat(target.resolve("bin/run")).isExecutable().hasContent("x".repeat(600));
        assertThat(Files.isExecutable(target.resolve("lib/a"))).isFalse();
        assertThat(target.resolve("lib/link")).isSymbolicLink().hasContent("x".repeat(600));
    }

    @Test
    void pathsAndLinksOutOfTheTargetAreRefused() {
        entry("../out", '0', "644", "", "x");
        assertThatIOException().isThrownBy(this::unpack).withMessageContaining("../out");
        archive.reset();
        entry("lib/link", '2', "777", "../../out", "");
        assertThatIOException().isThrownBy(this::unpack).withMessageContaining("leads out of the archive");
    }

    @Test
    void otherTypesOfEntryAreRefused() {
        entry("long", 'L', "644", "", "");
        assertThatIOException().isThrownBy(this::unpack).withMessage("tar entry long: type 'L' (expected: 0, 2 or 5)");
    }

    @Test
    void headerWithoutNumbersIsRefused() {
        entry("file", '0', "abc", "", "");
        assertThatIOException().isThrownBy(this::unpack).withMessageContaining("'abc' (expected: an octal number)");
    }

    @Test
    void archiveThatEndsEarlyIsRefused() {
        entry("file", '0', "644", "", "x");
        byte[] cut = Arrays.copyOf(archive.toByteArray(), 700);
        assertThatIOException()
                .isThrownBy(() -> new TarArchive(new ByteArrayInputStream(cut)).unpackInto(target))
                .withMessageContaining("188 bytes (expected: 512)");
    }

    private void unpack() throws Exception {
        archive.writeBytes(new byte[1024]);
        new TarArchive(new ByteArrayInputStream(archive.toByteArray())).unpackInto(target);
    }

    private void entry(String name, char type, String mode, String link, String content) {
        byte[] header = new byte[512];
        put(header, 0, name);
        put(header, 100, mode);
        put(header, 124, Integer.toOctalString(content.length()));
        header[156] = (byte) type;
        put(header, 157, link);
        archive.writeBytes(header);
        archive.writeBytes(content.getBytes(StandardCharsets.UTF_8));
        archive.writeBytes(new byte[Math.floorMod(-content.length(), 512)]);
    }

    private static void put(byte[] header, int offset, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        System.arraycopy(bytes, 0, header, offset, bytes.length);
    }
}
