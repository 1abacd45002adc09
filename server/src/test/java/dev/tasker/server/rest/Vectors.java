package dev.tasker.server.rest;

import static org.assertj.core.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The sample bodies beside the repository, in {@code ../shared/vectors/rest}. */
final class Vectors {
    static final JsonMapper JSON = JsonMapper.shared();

    private Vectors() {}

    /** A sample body; without the samples the test is skipped, in CI it fails. */
    static JsonNode read(String name) throws IOException {
        Path repository = Path.of(System.getProperty("tasker.repository", ".."));
        Path file = repository.resolve("../shared/vectors/rest").resolve(name).normalize();
        if (!Files.exists(file)) {
            String message = "SKIPPED: " + file.toAbsolutePath() + " is missing (expected: the contract's samples)";
            if ("true".equals(System.getenv("CI"))) {
                fail(message);
            }
            abort(message);
        }
        return JSON.readTree(Files.readString(file));
    }
}
