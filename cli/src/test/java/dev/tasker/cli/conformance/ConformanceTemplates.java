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
        Path repository = Path.of(System.getProperty("tasker.repository", ".."));
        Path template =
                repository.resolve("../shared/templates/native").resolve(file).normalize();
        if (!Files.exists(template)) {
            String message = "SKIPPED: " + template.toAbsolutePath() + " is missing (expected: a conformance template)";
            if ("true".equals(System.getenv("CI"))) {
                fail(message);
            }
            System.err.println(message);
            abort(message);
        }
        return Files.readString(template);
    }
}
