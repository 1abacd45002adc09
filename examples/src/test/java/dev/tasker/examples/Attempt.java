package dev.tasker.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tasker.worker.Assignment;
import dev.tasker.worker.HandlerRegistry;
import dev.tasker.worker.StepContext;
import dev.tasker.worker.StepHandler;
import dev.tasker.worker.StepResult;
import dev.tasker.worker.StepView;
import dev.tasker.worker.TaskView;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Runs one handler without a runtime: set what it sees, then run it. Single quotes stand for double ones. */
public final class Attempt {

    public static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .build();

    private static final UUID STEP = new UUID(7, 1);

    private final StepHandler handler;
    private final String callable;
    private final Map<String, String> dependencies = new LinkedHashMap<>();
    private String context = "{}";
    private String initialization = "{}";
    private int attempt = 1;

    private Attempt(StepHandler handler, String callable) {
        this.handler = handler;
        this.callable = callable;
    }

    public static Attempt of(HandlerRegistry registry, String callable) {
        return new Attempt(Objects.requireNonNull(registry.find("any", callable), callable), callable);
    }

    public Attempt context(String json) {
        context = json.replace('\'', '"');
        return this;
    }

    public Attempt initialization(String json) {
        initialization = json.replace('\'', '"');
        return this;
    }

    public Attempt number(int value) {
        attempt = value;
        return this;
    }

    public Attempt dependency(String step, String resultJson) {
        dependencies.put(step, "{\"success\":true,\"result\":" + resultJson.replace('\'', '"') + "}");
        return this;
    }

    public StepResult run() throws Exception {
        return handler.handle(new StepContext(new Assignment(
                new UUID(7, 0),
                STEP,
                1,
                attempt,
                3,
                Duration.ZERO,
                new TaskView("any", "any", "1.0.0", new UUID(7, 2), null, context, 0, null, null, null),
                new StepView("step", "step", callable, "call", null, initialization, null, null, null),
                dependencies)));
    }

    public StepResult.Success succeeds() throws Exception {
        StepResult result = run();
        assertThat(result).isInstanceOf(StepResult.Success.class);
        return (StepResult.Success) result;
    }

    public StepResult.Failure fails() throws Exception {
        StepResult result = run();
        assertThat(result).isInstanceOf(StepResult.Failure.class);
        return (StepResult.Failure) result;
    }

    /** The value of a success as its readers see it. */
    public JsonNode value() throws Exception {
        return tree(succeeds().value());
    }

    /** The metadata of a success as its readers see it. */
    public JsonNode metadata() throws Exception {
        return tree(succeeds().metadata());
    }

    public static JsonNode tree(@Nullable Object value) {
        return JSON.readTree(JSON.writeValueAsString(value));
    }
}
