package dev.tasker.cli.conformance;

import static org.assertj.core.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The templates of the conformance run, which lie beside the repository and not in it. */
final class ConformanceTemplates {
    private ConformanceTemplates() {}

    /** The YAML of one template; without the templates the test is skipped loudly, in CI it fails. */
    static String yaml(String file) throws IOException {
        return Files.readString(shared("templates/native/" + file));
    }

    /** A file that the workflows read. */
    static Path data(String file) {
        return shared("data/" + file).toAbsolutePath();
    }

    private static Path shared(String file) {
        Path repository = Path.of(System.getProperty("tasker.repository", ".."));
        Path found = repository.resolve("../shared").resolve(file).normalize();
        if (!Files.exists(found)) {
            String message =
                    "SKIPPED: " + found.toAbsolutePath() + " is missing (expected: a file of the conformance run)";
            if ("true".equals(System.getenv("CI"))) {
                fail(message);
            }
            System.err.println(message);
            abort(message);
        }
        return found;
    }
}
