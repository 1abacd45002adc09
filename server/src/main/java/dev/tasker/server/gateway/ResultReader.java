package dev.tasker.server.gateway;

import com.google.protobuf.ByteString;
import dev.tasker.engine.BackoffRequest;
import dev.tasker.engine.StepResult;
import java.time.Duration;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/**
 * Reads from a result document what the engine decides by (04 §3.5) and finds out, in the same pass, whether it is JSON. Every key is
 * optional. A key that decides must have its type; a wish for a delay that cannot be understood is none.
 */
final class ResultReader {
    static final int DOCUMENT_BYTES_MAX = GatewayConfig.RESULT_BYTES_MAX;
    private static final long DELAY_SECONDS_MAX = Integer.MAX_VALUE;

    private final JsonFactory json = new JsonFactory();
    private final InstantSource clock;

    ResultReader(InstantSource clock) {
        this.clock = clock;
    }

    /** @param preciseHint delay that is meant by the document's back-off hint, or without one; null: there is none */
    StepResult read(ByteString document, @Nullable Duration preciseHint) throws InvalidResultException {
        if (document.size() > DOCUMENT_BYTES_MAX) {
            throw new InvalidResultException(
                    "document: " + document.size() + " bytes (expected: <= " + DOCUMENT_BYTES_MAX + ")");
        }
        if (!document.isValidUtf8()) {
            throw new InvalidResultException("document: not UTF-8");
        }
        String text = document.toStringUtf8();
        var reading = new Reading();
        try (JsonParser parser = json.createParser(ObjectReadContext.empty(), text)) {
            reading.document(parser);
        } catch (JacksonException e) {
            throw new InvalidResultException("document: not JSON: " + e.getOriginalMessage());
        }
        Duration hint = preciseHint == null ? reading.hintDelay : preciseHint;
        BackoffRequest wish = hint == null ? null : new BackoffRequest(reading.hintKind, hint);
        return new StepResult(
                reading.success,
                reading.retryable,
                reading.executionTimeMs,
                reading.retryAfter == null ? wish : reading.retryAfter,
                text);
    }

    private final class Reading {
        boolean success;
        boolean retryable;
        int executionTimeMs;

        @Nullable
        BackoffRequest retryAfter;

        @Nullable
        Duration hintDelay;

        BackoffRequest.Kind hintKind = BackoffRequest.Kind.CUSTOM;

        void document(JsonParser parser) throws InvalidResultException {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw new InvalidResultException("document: " + kind(parser) + " (expected: a JSON object)");
            }
            while (parser.nextToken() != JsonToken.END_OBJECT) {
                String key = parser.currentName();
                parser.nextToken();
                switch (key) {
                    case "success" -> success = flag(parser, key);
                    case "metadata" -> metadata(parser);
                    case "orchestration_metadata" -> orchestrationMetadata(parser);
                    default -> parser.skipChildren();
                }
            }
            if (parser.nextToken() != null) {
                throw new InvalidResultException("document: more follows after the JSON object");
            }
        }

        private void metadata(JsonParser parser) throws InvalidResultException {
            if (parser.currentToken() == JsonToken.VALUE_NULL) {
                return;
            }
            if (parser.currentToken() != JsonToken.START_OBJECT) {
                throw new InvalidResultException("metadata: " + kind(parser) + " (expected: an object)");
            }
            while (parser.nextToken() != JsonToken.END_OBJECT) {
                String key = parser.currentName();
                parser.nextToken();
                switch (key) {
                    case "retryable" -> retryable = flag(parser, "metadata.retryable");
                    case "execution_time_ms" -> executionTimeMs = milliseconds(parser);
                    default -> parser.skipChildren();
                }
            }
        }

        private void orchestrationMetadata(JsonParser parser) {
            if (parser.currentToken() != JsonToken.START_OBJECT) {
                parser.skipChildren();
                return;
            }
            while (parser.nextToken() != JsonToken.END_OBJECT) {
                String key = parser.currentName();
                boolean isObject = parser.nextToken() == JsonToken.START_OBJECT;
                if (isObject && key.equals("headers")) {
                    headers(parser);
                } else if (isObject && key.equals("backoff_hint")) {
                    backoffHint(parser);
                } else {
                    parser.skipChildren();
                }
            }
        }

        private void headers(JsonParser parser) {
            while (parser.nextToken() != JsonToken.END_OBJECT) {
                String name = parser.currentName();
                boolean isScalar = parser.nextToken().isScalarValue();
                if (isScalar && name.equalsIgnoreCase("retry-after")) {
                    retryAfter = BackoffRequest.ofRetryAfter(parser.getString(), clock.instant())
                            .orElse(null);
                } else {
                    parser.skipChildren();
                }
            }
        }

        private void backoffHint(JsonParser parser) {
            while (parser.nextToken() != JsonToken.END_OBJECT) {
                String key = parser.currentName();
                JsonToken value = parser.nextToken();
                if (value == JsonToken.VALUE_NUMBER_INT && key.equals("delay_seconds")) {
                    hintDelay = seconds(parser.getString());
                } else if (value == JsonToken.VALUE_STRING && key.equals("backoff_type")) {
                    hintKind = BackoffRequest.Kind.of(parser.getString());
                } else {
                    parser.skipChildren();
                }
            }
        }
    }

    private static boolean flag(JsonParser parser, String key) throws InvalidResultException {
        return switch (parser.currentToken()) {
            case VALUE_TRUE -> true;
            case VALUE_FALSE, VALUE_NULL -> false;
            default -> throw new InvalidResultException(key + ": " + kind(parser) + " (expected: true or false)");
        };
    }

    private static int milliseconds(JsonParser parser) throws InvalidResultException {
        return switch (parser.currentToken()) {
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT ->
                (int) Math.clamp(parser.getDoubleValue(), 0, Integer.MAX_VALUE);
            case VALUE_NULL -> 0;
            default ->
                throw new InvalidResultException(
                        "metadata.execution_time_ms: " + kind(parser) + " (expected: a number)");
        };
    }

    private static String kind(JsonParser parser) {
        JsonToken token = parser.currentToken();
        return token == null
                ? "nothing"
                : switch (token) {
                    case START_OBJECT -> "an object";
                    case START_ARRAY -> "an array";
                    case VALUE_STRING -> "a text";
                    case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> "a number";
                    case VALUE_TRUE, VALUE_FALSE -> "a boolean";
                    default -> "null";
                };
    }

    private static @Nullable Duration seconds(String digits) {
        if (digits.startsWith("-")) {
            return null;
        }
        boolean isHuge = digits.length() > 10;
        return Duration.ofSeconds(isHuge ? DELAY_SECONDS_MAX : Math.min(Long.parseLong(digits), DELAY_SECONDS_MAX));
    }
}
