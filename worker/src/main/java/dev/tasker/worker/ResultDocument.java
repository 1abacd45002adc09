package dev.tasker.worker;

import dev.tasker.worker.StepResult.Failure;
import dev.tasker.worker.StepResult.Success;
import java.io.StringWriter;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;

/**
 * Writes the result documents of one worker, in the compact form that {@link StepReport#document()} promises. Streams
 * straight to text, because every step passes here once.
 */
final class ResultDocument {

    private static final int FRAMES_MAX = 50;
    private static final int SERIALIZATION_MESSAGE_CHARS_MAX = 500;

    private final String workerId;
    private final String handlerVersion;
    private final int charsMax;
    private final boolean stackTraces;

    /** @param charsMax a longer document is reported as one that cannot be serialised */
    ResultDocument(String workerId, int charsMax, boolean stackTraces) {
        this(workerId, charsMax, stackTraces, "");
    }

    private ResultDocument(String workerId, int charsMax, boolean stackTraces, String handlerVersion) {
        this.handlerVersion = handlerVersion;
        this.workerId = workerId;
        this.charsMax = charsMax;
        this.stackTraces = stackTraces;
    }

    /** Those of handlers of this version; empty: it is not known. */
    ResultDocument by(String version) {
        return version.equals(handlerVersion) ? this : new ResultDocument(workerId, charsMax, stackTraces, version);
    }

    /** The report of a success, or of a permanent failure when its value cannot be written. */
    StepReport success(Success success, Duration elapsed) {
        String document;
        try {
            document = bounded(successText(success, elapsed.toMillis()));
        } catch (RuntimeException | StackOverflowError e) { // values are user code too
            return unserializable(e, true, elapsed);
        }
        return new StepReport(true, false, elapsed, null, null, null, document);
    }

    /** @param cause its stack trace goes into the document, unless switched off */
    StepReport failure(Failure failure, @Nullable Throwable cause, Duration elapsed) {
        String document;
        try {
            document = bounded(failureText(failure, stackTraces ? cause : null, elapsed.toMillis()));
        } catch (RuntimeException | StackOverflowError e) { // values are user code too
            if (failure.context().isEmpty() && failure.metadata().isEmpty() && cause == null) {
                return unserializable(e, false, elapsed);
            }
            // The handler's verdict counts for more than the facts around it.
            return failure(failure.context(Map.of()).metadata(Map.of()), null, elapsed);
        }
        return new StepReport(
                false, failure.retryable(), elapsed, failure.backoffHint(), failure.type(), failure.code(), document);
    }

    private StepReport unserializable(Throwable cause, boolean originalSuccess, Duration elapsed) {
        String detail = cause instanceof JacksonException jackson ? jackson.getOriginalMessage() : cause.toString();
        Failure failure = StepResult.failure(cut("FFI serialization failed: " + detail))
                .type(ErrorTypes.SERIALIZATION_ERROR)
                .permanent()
                .metadata(Map.of(
                        "ffi_serialization_error",
                        cut(detail),
                        "original_success",
                        originalSuccess ? "True" : "False"));
        String document = text(failure, "error", null, elapsed.toMillis());
        return new StepReport(false, false, elapsed, null, failure.type(), null, document);
    }

    private String successText(Success success, long elapsedMs) {
        var text = new StringWriter(256);
        try (JsonGenerator json = Json.MAPPER.createGenerator(text)) {
            json.writeStartObject();
            json.writeBooleanProperty("success", true);
            json.writeStringProperty("status", "completed");
            json.writeName("result");
            if (success.value() == null) {
                json.writeStartObject();
                json.writeEndObject();
            } else {
                json.writePOJO(success.value());
            }
            json.writeName("metadata");
            json.writeStartObject();
            writeAttempt(json, elapsedMs, success.metadata());
            json.writeEndObject();
            json.writeEndObject();
        }
        return text.toString();
    }

    private String failureText(Failure failure, @Nullable Throwable cause, long elapsedMs) {
        return text(failure, "failed", cause, elapsedMs);
    }

    private String text(Failure failure, String status, @Nullable Throwable cause, long elapsedMs) {
        var text = new StringWriter(512);
        try (JsonGenerator json = Json.MAPPER.createGenerator(text)) {
            json.writeStartObject();
            json.writeBooleanProperty("success", false);
            json.writeStringProperty("status", status);
            json.writeName("result");
            json.writeStartObject();
            json.writeEndObject();
            json.writeName("metadata");
            json.writeStartObject();
            writeAttempt(json, elapsedMs, failure.metadata());
            if (failure.retryable()) {
                json.writeBooleanProperty("retryable", true);
            }
            if (failure.code() != null) {
                json.writeStringProperty("error_code", failure.code());
            }
            json.writeStringProperty("error_type", failure.type());
            writeUnlessEmpty(json, "context", failure.context());
            json.writeEndObject();
            writeError(json, failure, cause);
            writeForOrchestration(json, failure);
            json.writeEndObject();
        }
        return text.toString();
    }

    private void writeAttempt(JsonGenerator json, long elapsedMs, Map<String, ?> custom) {
        if (elapsedMs > 0) {
            json.writeNumberProperty("execution_time_ms", elapsedMs);
        }
        if (!handlerVersion.isEmpty()) {
            json.writeStringProperty("handler_version", handlerVersion);
        }
        json.writeStringProperty("worker_id", workerId);
        writeUnlessEmpty(json, "custom", custom);
    }

    /** Repeats what {@code metadata} says, since readers look in either place; it never differs from it. */
    private static void writeError(JsonGenerator json, Failure failure, @Nullable Throwable cause) {
        json.writeName("error");
        json.writeStartObject();
        json.writeStringProperty("message", failure.message());
        json.writeStringProperty("error_type", failure.type());
        if (failure.retryable()) {
            json.writeBooleanProperty("retryable", true);
        }
        if (cause != null) {
            json.writeName("backtrace");
            json.writeStartArray();
            StackTraceElement[] frames = cause.getStackTrace();
            for (int i = 0; i < Math.min(frames.length, FRAMES_MAX); i++) {
                json.writeString(frames[i].toString());
            }
            json.writeEndArray();
        }
        json.writeEndObject();
    }

    private static void writeForOrchestration(JsonGenerator json, Failure failure) {
        BackoffHint hint = failure.backoffHint();
        if (hint == null && failure.headers().isEmpty()) {
            return;
        }
        json.writeName("orchestration_metadata");
        json.writeStartObject();
        writeUnlessEmpty(json, "headers", failure.headers());
        if (hint != null) {
            json.writeName("backoff_hint");
            json.writeStartObject();
            json.writeStringProperty("backoff_type", hint.kind().wireName());
            json.writeNumberProperty("delay_seconds", hint.delaySeconds());
            json.writeEndObject();
        }
        json.writeEndObject();
    }

    private static void writeUnlessEmpty(JsonGenerator json, String name, Map<String, ?> map) {
        if (!map.isEmpty()) {
            json.writeName(name);
            json.writePOJO(map);
        }
    }

    private String bounded(String document) {
        if (document.length() > charsMax) {
            throw new TooLong(
                    "result document of " + document.length() + " characters (expected: <= " + charsMax + ")");
        }
        return document;
    }

    private static String cut(String text) {
        return text.length() <= SERIALIZATION_MESSAGE_CHARS_MAX
                ? text
                : text.substring(0, SERIALIZATION_MESSAGE_CHARS_MAX);
    }

    private static final class TooLong extends JacksonException {
        TooLong(String message) {
            super(message);
        }
    }
}
