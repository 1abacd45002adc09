package dev.tasker.examples.refund;

import dev.tasker.examples.DeclaredFailure;
import dev.tasker.worker.StepContext;
import dev.tasker.worker.StepResult;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** How steps of a refund fail, and what they must find before they do anything. */
final class Refusals {

    private Refusals() {}

    static DeclaredFailure permanent(String code, String type, String message) {
        return new DeclaredFailure(
                StepResult.failure(message).type(type).code(code).permanent());
    }

    static DeclaredFailure passing(String code, String type, String message) {
        return new DeclaredFailure(StepResult.failure(message).type(type).code(code));
    }

    /** A field of the task's context that has to be there. */
    static JsonNode required(StepContext context, String field) throws DeclaredFailure {
        JsonNode value = context.input(field);
        if (value == null) {
            throw permanent("MISSING_REQUIRED_FIELDS", "ValidationError", field + " is missing (expected: a value)");
        }
        return value;
    }

    /** The result of a step before, in which {@code mark} has to be true. */
    static JsonNode confirmed(StepContext context, String step, String mark, String code) throws DeclaredFailure {
        @Nullable JsonNode result = context.dependencyResult(step);
        if (result == null || !result.path(mark).asBoolean(false)) {
            throw permanent(code, "DependencyError", "result of " + step + ": " + mark + " is not true");
        }
        return result;
    }

    /** Refuses a text that contains a word by which test data asks for it. */
    static void unless(String text, String word, DeclaredFailure refusal) throws DeclaredFailure {
        if (text.contains(word)) {
            throw refusal;
        }
    }
}
