package dev.tasker.server.grpc;

import com.google.protobuf.Timestamp;
import com.tasker.v1.StepState;
import com.tasker.v1.TaskState;
import dev.tasker.server.api.Fault;
import dev.tasker.server.api.RefusedOperationException;
import dev.tasker.server.api.Uuids;
import io.grpc.Status;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Locale;
import java.util.UUID;

/** Single values of messages. */
public final class Fields {
    private static final int SHOWN_MAX = 100;

    private Fields() {}

    /** Refuses what is no UUID with the words of 03 §2.5. */
    static UUID uuid(String text) {
        return Uuids.find(text)
                .orElseThrow(() -> Status.INVALID_ARGUMENT
                        .withDescription(
                                "Invalid UUID: " + shown(text) + " (expected: 36 characters, as in 8-4-4-4-12)")
                        .asRuntimeException());
    }

    static String shown(String text) {
        return text.isEmpty() ? "(empty)" : text.length() <= SHOWN_MAX ? text : text.substring(0, SHOWN_MAX) + "…";
    }

    public static Timestamp time(Instant instant) {
        return Timestamp.newBuilder()
                .setSeconds(instant.getEpochSecond())
                .setNanos(instant.getNano())
                .build();
    }

    static Instant instant(String field, Timestamp time) {
        try {
            return Instant.ofEpochSecond(time.getSeconds(), time.getNanos());
        } catch (DateTimeException | ArithmeticException e) {
            throw invalid(field + ": " + time.getSeconds() + " s (expected: a time that there is)");
        }
    }

    static TaskState state(dev.tasker.engine.TaskState state) {
        return TaskState.valueOf("TASK_STATE_" + state.name());
    }

    /** Refuses numbers nobody knows. */
    static dev.tasker.engine.TaskState state(TaskState state) {
        if (state == TaskState.UNRECOGNIZED || state == TaskState.TASK_STATE_UNSPECIFIED) {
            throw invalid("states: unknown state (expected: 1 to 12)");
        }
        return dev.tasker.engine.TaskState.valueOf(state.name().substring("TASK_STATE_".length()));
    }

    static StepState state(dev.tasker.engine.StepState state) {
        return StepState.valueOf("STEP_STATE_" + state.name());
    }

    /** A state by the word of the database. */
    static TaskState taskState(String word) {
        return TaskState.valueOf("TASK_STATE_" + word.toUpperCase(Locale.ROOT));
    }

    /** As {@link #taskState}, of steps. */
    static StepState stepState(String word) {
        return StepState.valueOf("STEP_STATE_" + word.toUpperCase(Locale.ROOT));
    }

    static RefusedOperationException invalid(String message) {
        return new RefusedOperationException(Fault.INVALID, message);
    }
}
