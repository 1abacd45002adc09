package dev.tasker.template;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.api.Assumptions;

/** The templates the project is measured by, which lie beside the repository and not in it. */
final class SharedTemplates {
    private SharedTemplates() {}

    /** Their directory; without it the test is aborted loudly, or fails where {@code CI=true}. */
    static Path directory() {
        Path directory = repository().resolve("../shared/templates").normalize();
        if (!Files.isDirectory(directory)) {
            String message = directory + " is missing: the real templates are NOT checked";
            assertThat(System.getenv("CI")).as(message).isNotEqualTo("true");
            System.err.println(message);
            Assumptions.abort(message);
        }
        return directory;
    }

    private static Path repository() {
        Path directory = Path.of("").toAbsolutePath();
        while (!isRepository(directory)) {
            directory = Objects.requireNonNull(directory.getParent(), "no pom.xml with <modules> above the test");
        }
        return directory;
    }

    private static boolean isRepository(Path directory) {
        Path pom = directory.resolve("pom.xml");
        try {
            return Files.isRegularFile(pom) && Files.readString(pom).contains("<modules>");
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
