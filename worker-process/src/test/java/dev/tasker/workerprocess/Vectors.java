package dev.tasker.workerprocess;

import static org.assertj.core.api.Assertions.assertThat;
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

    /** Fails unless the reply has every key of the sample, with a value of the same kind and the same form of time. */
    static void assertSameShape(JsonNode reply, JsonNode sample) {
        assertSameShape("", reply, sample);
    }

    private static void assertSameShape(String path, JsonNode reply, JsonNode sample) {
        switch (sample.getNodeType()) {
            case OBJECT -> {
                assertThat(reply.isObject()).as(path).isTrue();
                sample.properties().forEach(member -> {
                    String key = path + "/" + member.getKey();
                    assertThat(reply.has(member.getKey())).as("has " + key).isTrue();
                    assertSameShape(key, reply.get(member.getKey()), member.getValue());
                });
            }
            case ARRAY -> {
                assertThat(reply.isArray()).as(path).isTrue();
                for (int i = 0; i < reply.size() && !sample.isEmpty(); i++) {
                    assertSameShape(path + "[]", reply.get(i), sample.get(reply.size() == sample.size() ? i : 0));
                }
            }
            case STRING -> {
                if (sample.asString().matches("\\d{4}-.*Z")) {
                    assertThat(reply.asString())
                            .as(path)
                            .matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d{3,6})?Z");
                } else {
                    assertThat(reply.isString() || reply.isNull()).as(path).isTrue();
                }
            }
            case NUMBER -> {
                assertThat(reply.isNumber()).as(path).isTrue();
                if (sample.isIntegralNumber() && !path.endsWith("/value")) {
                    assertThat(reply.isIntegralNumber()).as(path).isTrue();
                }
            }
            case BOOLEAN -> assertThat(reply.isBoolean()).as(path).isTrue();
            default -> {} // null says nothing of the kind
        }
    }
}
