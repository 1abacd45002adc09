package dev.tasker.junit;

import dev.tasker.engine.Engine;
import dev.tasker.engine.StepView;
import dev.tasker.engine.TaskState;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.MissingNode;

/** A task that has run as far as it can. Immutable but for events that are still being told. */
public final class WorkflowRun {
    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    private final UUID taskUuid;
    private final TaskState state;
    private final Duration waited;
    private final Map<String, RunStep> steps;
    private final Supplier<List<RunEvent>> events;

    private WorkflowRun(
            UUID taskUuid,
            TaskState state,
            Duration waited,
            Map<String, RunStep> steps,
            Supplier<List<RunEvent>> events) {
        this.taskUuid = taskUuid;
        this.state = state;
        this.waited = waited;
        this.steps = steps;
        this.events = events;
    }

    static WorkflowRun of(Engine engine, UUID task, Duration waited, EventLog events) {
        Map<String, RunStep> steps = new LinkedHashMap<>();
        engine.steps(task).forEach(step -> steps.put(step.name(), step(step)));
        TaskState state = engine.task(task).orElseThrow().state();
        return new WorkflowRun(task, state, waited, steps, () -> events.of(task));
    }

    private static RunStep step(StepView step) {
        JsonNode document = step.result() == null ? MissingNode.getInstance() : MAPPER.readTree(step.result());
        boolean succeeded = document.path("success").asBoolean(false);
        return new RunStep(
                step.name(),
                step.state(),
                step.attempts(),
                succeeded ? document.path("result") : MissingNode.getInstance(),
                textOf(document.path("error").path("message")),
                succeeded ? null : errorType(document));
    }

    private static @Nullable String errorType(JsonNode document) {
        String ofMetadata = textOf(document.path("metadata").path("error_type"));
        return ofMetadata != null ? ofMetadata : textOf(document.path("error").path("error_type"));
    }

    private static @Nullable String textOf(JsonNode node) {
        return node.isString() ? node.asString() : null;
    }

    public UUID taskUuid() {
        return taskUuid;
    }

    public TaskState state() {
        return state;
    }

    /** How long the task waited for retries, by the workflow's clock. */
    public Duration waited() {
        return waited;
    }

    /** The steps in order of creation, those included that decisions and batches added. */
    public List<RunStep> steps() {
        return List.copyOf(steps.values());
    }

    /** The step of that name. */
    public RunStep step(String name) {
        RunStep step = steps.get(name);
        if (step == null) {
            throw new AssertionError("step: '" + name + "' (expected: one of " + steps.keySet() + ")");
        }
        return step;
    }

    /** The domain events published so far; durable ones are all there, fast ones follow within moments. */
    public List<RunEvent> events() {
        return events.get();
    }

    @Override
    public String toString() {
        return "task " + taskUuid + " " + state.text() + " " + steps.values();
    }
}
