package dev.tasker.worker;

import dev.tasker.worker.StepResult.Failure;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import tools.jackson.core.JacksonException;

/**
 * The failures that the runtime states on a handler's behalf. For what a handler throws the order is: what the
 * exception says of itself, types that no further attempt can mend, and retryable for the rest. After an {@link Error}
 * nobody knows how far user code got, so it is not repeated.
 */
final class FailureClassifier {

    private static final int MESSAGE_CHARS_MAX = 4_000;

    private static final List<Class<? extends Exception>> PERMANENT = List.of(
            IllegalArgumentException.class,
            NullPointerException.class,
            ClassCastException.class,
            IndexOutOfBoundsException.class,
            UnsupportedOperationException.class,
            NoSuchElementException.class,
            JacksonException.class);

    private FailureClassifier() {}

    static Failure thrown(Throwable thrown, Assignment assignment) {
        Throwable cause = unwrapped(thrown);
        if (cause instanceof StepException stated) {
            return withIds(stated.toFailure(), assignment);
        }
        if (cause instanceof Error) {
            return withIds(
                    StepResult.failure(bounded("Handler panicked: " + text(cause)))
                            .type(ErrorTypes.HANDLER_PANIC)
                            .permanent(),
                    assignment);
        }
        Failure failure = withIds(StepResult.failure(bounded(text(cause))), assignment)
                .context("exception_type", cause.getClass().getName());
        return PERMANENT.stream().anyMatch(type -> type.isInstance(cause)) ? failure.permanent() : failure;
    }

    static Failure timedOut(Duration timeout, Assignment assignment) {
        return withIds(
                        StepResult.failure("Handler timed out after " + timeout.toMillis() + "ms")
                                .type(ErrorTypes.HANDLER_TIMEOUT),
                        assignment)
                .context("timeout_ms", timeout.toMillis());
    }

    static Failure shutDown(Assignment assignment) {
        return withIds(
                StepResult.failure("Worker shut down before the handler was done")
                        .type(ErrorTypes.WORKER_SHUTDOWN),
                assignment);
    }

    /** For a report that the engine refused to store. */
    static Failure refused(Assignment assignment) {
        return withIds(
                StepResult.failure("The outcome of the handler was refused as invalid")
                        .type(ErrorTypes.SERIALIZATION_ERROR)
                        .permanent(),
                assignment);
    }

    /** For progress that could not be saved (02 §7.5). */
    static Failure notSaved(Assignment assignment, String reason) {
        return withIds(new CheckpointStepException(reason, null).toFailure(), assignment);
    }

    private static Failure withIds(Failure failure, Assignment assignment) {
        var context = new LinkedHashMap<String, Object>(failure.context());
        context.put("handler_name", assignment.step().callable());
        context.put("task_uuid", assignment.taskUuid());
        return failure.context(context);
    }

    private static Throwable unwrapped(Throwable thrown) {
        Throwable cause = thrown.getCause();
        boolean wrapper = thrown instanceof ExecutionException || thrown instanceof CompletionException;
        return wrapper && cause != null ? cause : thrown;
    }

    private static String text(Throwable cause) {
        String message = cause.getMessage();
        return message == null || message.isBlank() ? cause.getClass().getName() : message;
    }

    private static String bounded(String text) {
        return text.length() <= MESSAGE_CHARS_MAX ? text : text.substring(0, MESSAGE_CHARS_MAX);
    }
}
