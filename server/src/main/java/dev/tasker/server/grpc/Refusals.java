package dev.tasker.server.grpc;

import com.google.protobuf.Any;
import com.google.protobuf.Duration;
import com.google.rpc.BadRequest;
import com.google.rpc.ErrorInfo;
import com.google.rpc.RetryInfo;
import dev.tasker.engine.ContextFault;
import dev.tasker.engine.EngineException;
import dev.tasker.server.api.RefusedOperationException;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.ProtoUtils;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The tables from refusals to gRPC status (03 §2.5), for one kind of call. Nothing of a failure's inside is told.
 *
 * @param task what the caller asked for, to be named when it is not there
 * @param step likewise
 * @param internal the words for a failure of the server
 */
record Refusals(String task, String step, String internal) {
    /** For calls that name neither task nor step. */
    static final Refusals PLAIN = failing("Internal server error");

    static final Metadata.Key<String> RETRY_AFTER = Metadata.Key.of("retry-after", Metadata.ASCII_STRING_MARSHALLER);
    static final Metadata.Key<com.google.rpc.Status> DETAILS = Metadata.Key.of(
            "grpc-status-details-bin", ProtoUtils.metadataMarshaller(com.google.rpc.Status.getDefaultInstance()));

    private static final String DOMAIN = "tasker";
    private static final int LANE_RETRY_SECONDS = 15;
    private static final int DESCRIPTION_BYTES_MAX = 2_048;
    private static final int VIOLATIONS_MAX = 2;

    static Refusals failing(String internal) {
        return new Refusals("", "", internal);
    }

    static Refusals of(String task) {
        return new Refusals(task, "", PLAIN.internal);
    }

    static Refusals of(String task, String step) {
        return new Refusals(task, step, PLAIN.internal);
    }

    /** The one table from refusals of operations to gRPC; codes in details are those of REST. */
    StatusRuntimeException of(RefusedOperationException refusal) {
        String reason = refusal.reason();
        return switch (refusal.fault()) {
            case INVALID -> told(Code.INVALID_ARGUMENT, "Validation error: " + reason, "BAD_REQUEST");
            case TASK_UNKNOWN -> told(Code.NOT_FOUND, "Task not found: " + task, "NOT_FOUND");
            case STEP_UNKNOWN -> told(Code.NOT_FOUND, "Step not found: " + step, "NOT_FOUND");
            case STEP_OF_OTHER_TASK -> told(Code.INVALID_ARGUMENT, "Step does not belong to task", "NOT_FOUND");
            case TEMPLATE_UNKNOWN, LETTER_UNKNOWN -> told(Code.NOT_FOUND, reason, "NOT_FOUND");
            case NOT_CANCELLABLE, ACTION_REFUSED ->
                told(Code.INVALID_ARGUMENT, "Invalid state transition: " + reason, "BAD_REQUEST");
            case CONFLICT -> told(Code.FAILED_PRECONDITION, reason, "CONFLICT");
            case IDENTITY_TAKEN ->
                told(
                        Code.ALREADY_EXISTS,
                        "Duplicate task: " + reason,
                        "CONFLICT",
                        refusal.existingTask() == null
                                ? Map.of()
                                : Map.of("task_uuid", refusal.existingTask().toString()),
                        null);
            case BACKPRESSURE -> backpressure(reason, refusal.retryAfterSeconds());
            case DATABASE_SUSPENDED -> told(Code.UNAVAILABLE, "Circuit breaker open", "SERVICE_UNAVAILABLE");
            case REPORTS_SUSPENDED -> told(Code.UNAVAILABLE, "Circuit breaker open", "CIRCUIT_BREAKER_OPEN");
        };
    }

    /** The one table from the engine's codes to gRPC. */
    StatusRuntimeException of(EngineException failure) {
        String message = String.valueOf(failure.getMessage());
        return switch (failure.code()) {
            case INVALID_REQUEST, SWITCHED_OFF ->
                told(
                        Code.INVALID_ARGUMENT,
                        "Validation error: " + message,
                        "BAD_REQUEST",
                        Map.of(),
                        null,
                        failure.faults());
            case INVALID_TEMPLATE -> told(Code.INVALID_ARGUMENT, "Invalid configuration: " + message, "BAD_REQUEST");
            case TEMPLATE_NOT_FOUND ->
                told(Code.INVALID_ARGUMENT, message.replaceFirst("^Task template", "Template"), "NOT_FOUND");
            case TEMPLATE_CHANGED -> told(Code.FAILED_PRECONDITION, message, "CONFLICT");
            case OVERLOADED -> backpressure(message, LANE_RETRY_SECONDS);
            case DATABASE_UNAVAILABLE, CLOSED -> unavailable();
            case INTERNAL -> internalFailure();
        };
    }

    /** For what nobody foresaw. */
    StatusRuntimeException internalFailure() {
        return told(Code.INTERNAL, internal, "INTERNAL_ERROR");
    }

    /** The call took longer than it may. */
    static StatusRuntimeException timedOut() {
        return told(Code.DEADLINE_EXCEEDED, "Request timed out", "TIMEOUT");
    }

    /** The node starts or stops, or its database does not answer. */
    static StatusRuntimeException unavailable() {
        return told(Code.UNAVAILABLE, "Service temporarily unavailable", "SERVICE_UNAVAILABLE");
    }

    private static StatusRuntimeException backpressure(String reason, @Nullable Integer retryAfterSeconds) {
        return told(Code.UNAVAILABLE, "Backpressure active: " + reason, "BACKPRESSURE", Map.of(), retryAfterSeconds);
    }

    private static StatusRuntimeException told(Code code, String description, String restCode) {
        return told(code, description, restCode, Map.of(), null);
    }

    private static StatusRuntimeException told(
            Code code,
            String description,
            String restCode,
            Map<String, String> metadata,
            @Nullable Integer retryAfterSeconds) {
        return told(code, description, restCode, metadata, retryAfterSeconds, List.of());
    }

    private static StatusRuntimeException told(
            Code code,
            String description,
            String restCode,
            Map<String, String> metadata,
            @Nullable Integer retryAfterSeconds,
            List<ContextFault> faults) {
        String bounded = bounded(description);
        com.google.rpc.Status.Builder details = com.google.rpc.Status.newBuilder()
                .setCode(code.value())
                .setMessage(bounded)
                .addDetails(Any.pack(ErrorInfo.newBuilder()
                        .setReason(restCode)
                        .setDomain(DOMAIN)
                        .putAllMetadata(metadata)
                        .build()));
        Metadata trailers = new Metadata();
        if (retryAfterSeconds != null) {
            trailers.put(RETRY_AFTER, String.valueOf(retryAfterSeconds));
            details.addDetails(Any.pack(RetryInfo.newBuilder()
                    .setRetryDelay(Duration.newBuilder().setSeconds(retryAfterSeconds))
                    .build()));
        }
        if (!faults.isEmpty()) {
            details.addDetails(Any.pack(violations(faults)));
        }
        trailers.put(DETAILS, details.build());
        return Status.fromCode(code).withDescription(bounded).asRuntimeException(trailers);
    }

    /** The first ones, for they travel in a header, too. */
    private static BadRequest violations(List<ContextFault> faults) {
        BadRequest.Builder violations = BadRequest.newBuilder();
        for (ContextFault fault : faults.subList(0, Math.min(faults.size(), VIOLATIONS_MAX))) {
            violations.addFieldViolations(BadRequest.FieldViolation.newBuilder()
                    .setField("context" + fault.pointer())
                    .setDescription(bounded(fault.keyword() + ": " + fault.message())));
        }
        return violations.build();
    }

    /** Descriptions travel in a header, of which clients take 8 KiB, with three characters for each byte that is not plain. */
    private static String bounded(String description) {
        int bytes = description.getBytes(StandardCharsets.UTF_8).length;
        if (bytes <= DESCRIPTION_BYTES_MAX) {
            return description;
        }
        int end = Math.min(description.length(), DESCRIPTION_BYTES_MAX / 4);
        return description.substring(0, Character.isHighSurrogate(description.charAt(end - 1)) ? end - 1 : end) + "…";
    }
}
