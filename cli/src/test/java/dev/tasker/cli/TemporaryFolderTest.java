package dev.tasker.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class TemporaryFolderTest {

    @Test
    void folderGoesWithAllThatIsInIt() throws IOException {
        TemporaryFolder folder = TemporaryFolder.create("tasker-test-");
        Path inner = Files.createDirectory(folder.path().resolve("inner"));
        Files.writeString(inner.resolve("file"), "text");

        folder.close();

        assertThat(folder.path()).doesNotExist();
    }

    @Test
    void folderThatIsGoneIsNoFault() throws IOException {
        try (TemporaryFolder folder = TemporaryFolder.create("tasker-test-")) {
            Files.delete(folder.path());
        }
    }
}
