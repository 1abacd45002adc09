package dev.tasker.client;

import static org.assertj.core.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The sample bodies beside the repository, in {@code ../shared/vectors/rest}. */
final class Vectors {
    private static final Path FOLDER = Path.of(System.getProperty("tasker.repository", ".."))
            .resolve("../shared/vectors/rest")
            .normalize();

    private Vectors() {}

    /** A sample body; without the samples the test is skipped, in CI it fails. */
    static String read(String name) throws IOException {
        requireThere();
        return Files.readString(FOLDER.resolve(name));
    }

    /** The names of all samples. */
    static List<String> names() throws IOException {
        requireThere();
        try (Stream<Path> files = Files.list(FOLDER)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(".json"))
                    .sorted()
                    .toList();
        }
    }

    private static void requireThere() {
        if (!Files.isDirectory(FOLDER)) {
            String message = "SKIPPED: " + FOLDER.toAbsolutePath() + " is missing (expected: the contract's samples)";
            if ("true".equals(System.getenv("CI"))) {
                fail(message);
            }
            abort(message);
        }
    }
}
