package dev.tasker.worker.batch;

import dev.tasker.worker.StepContext;
import dev.tasker.worker.StepResult;
import dev.tasker.worker.ValidationStepException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * What a batch worker's step was created with (02 §7.3).
 *
 * @param start cursor of the first item: any JSON value
 * @param end cursor behind the last item
 * @param batchSize how many items
 * @param cursorField what the cursors count; null where the engine said nothing of it
 * @param noOp whether the step only stands for a batch without items and has nothing to do; to be asked before any work
 */
public record BatchInputs(
        String batchId,
        JsonNode start,
        JsonNode end,
        long batchSize,
        @Nullable String cursorField,
        FailureStrategy failureStrategy,
        boolean noOp) {

    /** What the template wants of a worker some of whose items fail; the handler decides. */
    public enum FailureStrategy {
        CONTINUE_ON_FAILURE,
        FAIL_FAST,
        ISOLATE
    }

    /** The inputs of the step, null when it is no batch worker's. */
    public static @Nullable BatchInputs find(StepContext context) {
        JsonNode cursor = context.stepInputs().get("cursor");
        return cursor == null || !cursor.isObject() ? null : read(context.stepInputs(), cursor);
    }

    /** The inputs of a batch worker's step; a step without any fails for good. */
    public static BatchInputs of(StepContext context) {
        BatchInputs inputs = find(context);
        if (inputs == null) {
            throw new ValidationStepException("No batch inputs found in step "
                    + context.step().name() + " (expected: inputs.cursor of a batch worker)");
        }
        return inputs;
    }

    /** The cursor of the first item where cursors are whole numbers. */
    public long startNumber() {
        return number("start_cursor", start);
    }

    /** The cursor behind the last item where cursors are whole numbers. */
    public long endNumber() {
        return number("end_cursor", end);
    }

    /** What a worker with nothing to do answers in the usual words. */
    public StepResult.Success noOpResult(Instant now) {
        return noOpResult("No batches to process", now);
    }

    /** What a worker with nothing to do answers. */
    public StepResult.Success noOpResult(String message, Instant now) {
        var value = new LinkedHashMap<String, Object>();
        value.put("batch_id", batchId);
        value.put("no_op", true);
        value.put("processed_count", 0);
        value.put("message", message);
        value.put("processed_at", now.toString());
        return StepResult.success(value);
    }

    private static BatchInputs read(JsonNode inputs, JsonNode cursor) {
        JsonNode metadata = inputs.path("batch_metadata");
        return new BatchInputs(
                cursor.path("batch_id").asString(""),
                cursor.path("start_cursor"),
                cursor.path("end_cursor"),
                cursor.path("batch_size").asLong(0),
                metadata.path("cursor_field").isString()
                        ? metadata.path("cursor_field").stringValue()
                        : null,
                strategy(metadata.path("failure_strategy").asString("continue_on_failure")),
                inputs.path("is_no_op").asBoolean(false));
    }

    private static FailureStrategy strategy(String text) {
        try {
            return FailureStrategy.valueOf(text.toUpperCase(Locale.ROOT));
        } catch (IllegalArgumentException e) {
            throw new ValidationStepException("batch_metadata.failure_strategy: " + text
                    + " (expected: continue_on_failure, fail_fast or isolate)");
        }
    }

    private static long number(String name, JsonNode cursor) {
        if (!cursor.isIntegralNumber() || !cursor.canConvertToLong()) {
            throw new ValidationStepException("cursor." + name + ": " + cursor + " (expected: a whole number)");
        }
        return cursor.longValue();
    }
}
