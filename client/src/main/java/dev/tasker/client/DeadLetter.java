package dev.tasker.client;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.time.Instant;
import java.util.Locale;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * The investigation of a task that went wrong (03 §1.9).
 *
 * @param originalState the task's when it was entered
 * @param taskSnapshot what was known of the task then
 */
public record DeadLetter(
        UUID dlqEntryUuid,
        UUID taskUuid,
        String originalState,
        Reason dlqReason,
        Instant dlqTimestamp,
        Status resolutionStatus,
        @Nullable Instant resolutionTimestamp,
        @Nullable String resolutionNotes,
        @Nullable String resolvedBy,
        JsonNode taskSnapshot,
        @Nullable JsonNode metadata,
        Instant createdAt,
        Instant updatedAt) {

    /** How an investigation stands. */
    public enum Status {
        PENDING,
        MANUALLY_RESOLVED,
        PERMANENTLY_FAILED,
        CANCELLED,
        /** One that this version of the client does not know. */
        UNKNOWN;

        /** In either spelling of the API, whatever the case. */
        @JsonCreator
        public static Status of(String text) {
            for (Status status : values()) {
                if (folded(status.name()).equals(folded(text))) {
                    return status;
                }
            }
            return UNKNOWN;
        }

        /** In snake case. */
        @JsonValue
        public String text() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** Why a task is investigated. */
    public enum Reason {
        STALENESS_TIMEOUT,
        MAX_RETRIES_EXCEEDED,
        DEPENDENCY_CYCLE_DETECTED,
        WORKER_UNAVAILABLE,
        MANUAL_DLQ,
        /** One that this version of the client does not know. */
        UNKNOWN;

        /** In either spelling of the API, whatever the case. */
        @JsonCreator
        public static Reason of(String text) {
            for (Reason reason : values()) {
                if (folded(reason.name()).equals(folded(text))) {
                    return reason;
                }
            }
            return UNKNOWN;
        }

        /** In snake case. */
        @JsonValue
        public String text() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    private static String folded(String text) {
        return text.replace("_", "").toLowerCase(Locale.ROOT);
    }
}
