package dev.tasker.client;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.rpc.BadRequest;
import com.google.rpc.ErrorInfo;
import com.google.rpc.RetryInfo;
import dev.tasker.client.TaskerException.Violation;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.net.ConnectException;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.channels.UnresolvedAddressException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Status of gRPC as refusals (03 §2.5): the same kinds, HTTP status and codes as over REST, from the details that the server attaches. */
final class GrpcRefusal {
    private static final Metadata.Key<String> REQUEST_ID =
            Metadata.Key.of("x-request-id", Metadata.ASCII_STRING_MARSHALLER);
    private static final Metadata.Key<String> RETRY_AFTER =
            Metadata.Key.of("retry-after", Metadata.ASCII_STRING_MARSHALLER);

    private static final Metadata.Key<byte[]> DETAILS =
            Metadata.Key.of("grpc-status-details-bin", Metadata.BINARY_BYTE_MARSHALLER);

    private GrpcRefusal() {}

    /** The exception for a call that failed. */
    static TaskerException of(StatusRuntimeException failure, int attempt, URI server) {
        Metadata trailers = failure.getTrailers();
        return trailers == null || trailers.keys().isEmpty()
                ? unanswered(failure, attempt, server)
                : answered(failure, trailers, attempt).exception();
    }

    private static TaskerException unanswered(StatusRuntimeException failure, int attempt, URI server) {
        Status status = failure.getStatus();
        String said = status.getDescription() == null ? status.getCode().name() : status.getDescription();
        return switch (status.getCode()) {
            case DEADLINE_EXCEEDED ->
                new TaskerException.Timeout(Refusal.silence(
                        "The server at " + server + " does not answer in time.", false, attempt, failure));
            case UNAVAILABLE, CANCELLED -> {
                boolean unsent = isUnsent(status.getCause());
                String what = unsent ? " cannot be reached." : " has broken the connection: " + said;
                yield new TaskerException.Unavailable(
                        Refusal.silence("The server at " + server + what, unsent, attempt, failure));
            }
            default ->
                new TaskerException.Protocol(Refusal.silence(
                        "The answer is not what a Tasker server says: " + said, false, attempt, failure));
        };
    }

    private static boolean isUnsent(@Nullable Throwable cause) {
        for (Throwable at = cause; at != null; at = at.getCause()) {
            if (at instanceof ConnectException
                    || at instanceof UnknownHostException
                    || at instanceof UnresolvedAddressException) {
                return true;
            }
        }
        return false;
    }

    private static Refusal answered(StatusRuntimeException failure, Metadata trailers, int attempt) {
        Status status = failure.getStatus();
        String code = "";
        UUID existing = null;
        Duration retryAfter = seconds(trailers.get(RETRY_AFTER));
        List<Violation> violations = new ArrayList<>();
        for (Any detail : details(trailers)) {
            try {
                if (detail.is(ErrorInfo.class)) {
                    ErrorInfo info = detail.unpack(ErrorInfo.class);
                    code = info.getReason();
                    existing = Refusal.taskUuid(info.getMetadataOrDefault("task_uuid", ""));
                } else if (detail.is(BadRequest.class)) {
                    detail.unpack(BadRequest.class)
                            .getFieldViolationsList()
                            .forEach(each -> violations.add(new Violation(each.getField(), each.getDescription())));
                } else if (detail.is(RetryInfo.class)) {
                    retryAfter = Duration.ofSeconds(
                            detail.unpack(RetryInfo.class).getRetryDelay().getSeconds());
                }
            } catch (InvalidProtocolBufferException e) {
                failure.addSuppressed(e); // the status says enough
            }
        }
        String description = status.getDescription();
        return new Refusal(
                httpStatus(status, code),
                code,
                description == null || description.isBlank()
                        ? "gRPC " + status.getCode().name()
                        : description,
                trailers.get(REQUEST_ID),
                retryAfter,
                List.copyOf(violations),
                existing,
                false,
                attempt,
                null);
    }

    /** What REST says in the same place; the server's code knows better than that of gRPC. */
    private static int httpStatus(Status status, String code) {
        return switch (code) {
            case "BAD_REQUEST" -> 400;
            case "NOT_FOUND" -> 404;
            case "TIMEOUT" -> 408;
            case "CONFLICT" -> 409;
            case "INTERNAL_ERROR" -> 500;
            case "BACKPRESSURE", "SERVICE_UNAVAILABLE", "CIRCUIT_BREAKER_OPEN" -> 503;
            default -> httpStatus(status);
        };
    }

    private static int httpStatus(Status status) {
        return switch (status.getCode()) {
            case INVALID_ARGUMENT, OUT_OF_RANGE -> 400;
            case UNAUTHENTICATED -> 401;
            case PERMISSION_DENIED -> 403;
            case NOT_FOUND -> 404;
            case DEADLINE_EXCEEDED -> 408;
            case ALREADY_EXISTS, FAILED_PRECONDITION, ABORTED -> 409;
            case RESOURCE_EXHAUSTED ->
                String.valueOf(status.getDescription()).contains("exceeds maximum size") ? 413 : 503;
            case UNIMPLEMENTED -> 501;
            case UNAVAILABLE -> 503;
            case OK, CANCELLED, UNKNOWN, INTERNAL, DATA_LOSS -> 500;
        };
    }

    /** Those of another server may be anything. */
    private static List<Any> details(Metadata trailers) {
        byte[] bytes = trailers.get(DETAILS);
        try {
            return bytes == null
                    ? List.of()
                    : com.google.rpc.Status.parseFrom(bytes).getDetailsList();
        } catch (InvalidProtocolBufferException e) {
            return List.of();
        }
    }

    private static @Nullable Duration seconds(@Nullable String text) {
        return text != null && text.matches("\\d{1,9}") ? Duration.ofSeconds(Long.parseLong(text)) : null;
    }
}
