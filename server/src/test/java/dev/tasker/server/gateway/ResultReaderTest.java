package dev.tasker.server.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.tasker.engine.BackoffRequest;
import dev.tasker.engine.BackoffRequest.Kind;
import dev.tasker.engine.StepResult;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class ResultReaderTest {
    private static final Map<Kind, String> WIRE = Map.of(
            Kind.SERVER_REQUESTED, "ServerRequested",
            Kind.RATE_LIMIT, "RateLimit",
            Kind.SERVICE_UNAVAILABLE, "ServiceUnavailable",
            Kind.CUSTOM, "Custom");

    private final ResultReader reader = new ResultReader(InstantSource.fixed(Instant.parse("2026-01-01T00:00:00Z")));

    private StepResult read(String document) throws InvalidResultException {
        return reader.read(ByteString.copyFromUtf8(document), null);
    }

    @Test
    void everyKeyIsOptional() throws Exception {
        assertThat(read("{}")).isEqualTo(new StepResult(false, false, 0, null, "{}"));
    }

    @Test
    void decidingKeysAreFoundAndTheDocumentStaysAsItIs() throws Exception {
        String document = """
            {"unknown": {"success": true, "metadata": [1]}, "result": [{"metadata": {"retryable": false}}],
             "success": false, "metadata": {"custom": {"retryable": false}, "retryable": true, "execution_time_ms": 12},
             "orchestration_metadata": {"custom": [], "headers": {"X": "1"}, "backoff_hint": null}}\
            """;
        assertThat(read(document)).isEqualTo(new StepResult(false, true, 12, null, document));
    }

    @Test
    void nullsAreDefaults() throws Exception {
        String document = "{\"success\":null,\"metadata\":null,\"orchestration_metadata\":null}";
        assertThat(read(document)).isEqualTo(new StepResult(false, false, 0, null, document));
        assertThat(read("{\"metadata\":{\"retryable\":null,\"execution_time_ms\":null}}")
                        .retryable())
                .isFalse();
    }

    @ParameterizedTest
    @CsvSource({"12.9, 12", "-5, 0", "1e30, 2147483647", "99999999999999999999, 2147483647"})
    void executionTimeIsCutToWhatCanBeStored(String written, int read) throws Exception {
        assertThat(read("{\"metadata\":{\"execution_time_ms\":" + written + "}}")
                        .executionTimeMs())
                .isEqualTo(read);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "none",
            value = {
                "Retry-After | \"7\" | PT7S",
                "retry-after | \"7\" | PT7S",
                "RETRY-AFTER | \" 7 \" | PT7S",
                "Retry-After | 7 | PT7S",
                "Retry-After | \"0\" | PT0S",
                "Retry-After | \"99999999999999\" | PT2147483647S",
                "Retry-After | \"Thu, 01 Jan 2026 00:01:30 GMT\" | PT1M30S",
                "Retry-After | \"Thu, 1 Jan 2026 01:01:30 +0100\" | PT1M30S",
                "Retry-After | \"Thu, 01 Jan 2025 00:01:30 GMT\" | none",
                "Retry-After | \"-7\" | none",
                "Retry-After | \"7.5\" | none",
                "Retry-After | \"soon\" | none",
                "Retry-After | \"\" | none",
                "Retry-After | {\"a\":[1]} | none",
                "Retry-After | null | none",
                "Retry | \"7\" | none"
            })
    void retryAfterIsSecondsOrADateAndNothingElse(String header, String value, @Nullable Duration delay)
            throws Exception {
        String document = "{\"orchestration_metadata\":{\"headers\":{\"" + header + "\":" + value + "}}}";
        assertThat(read(document).backoff())
                .isEqualTo(delay == null ? null : new BackoffRequest(Kind.SERVER_REQUESTED, delay));
    }

    @Test
    void headerGoesBeforePreciseHintGoesBeforeHint() throws Exception {
        String hint = "\"backoff_hint\":{\"backoff_type\":\"Custom\",\"delay_seconds\":5,\"context\":null}";
        String onlyHint = "{\"orchestration_metadata\":{" + hint + "}}";
        String both = "{\"orchestration_metadata\":{" + hint + ",\"headers\":{\"Retry-After\":\"9\"}}}";
        Duration precise = Duration.ofMillis(250);
        assertThat(read(onlyHint).backoff()).isEqualTo(new BackoffRequest(Kind.CUSTOM, Duration.ofSeconds(5)));
        assertThat(reader.read(ByteString.copyFromUtf8(onlyHint), precise).backoff())
                .isEqualTo(new BackoffRequest(Kind.CUSTOM, precise));
        assertThat(reader.read(ByteString.copyFromUtf8(both), precise).backoff())
                .isEqualTo(new BackoffRequest(Kind.SERVER_REQUESTED, Duration.ofSeconds(9)));
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void hintKeepsItsKindInEitherOrderOfItsKeysAndWithAPreciserDelay(Kind kind) throws Exception {
        String type = "\"backoff_type\":\"" + WIRE.get(kind) + '"';
        String delay = "\"delay_seconds\":5";
        for (String hint : List.of(type + ',' + delay, delay + ',' + type)) {
            String document = "{\"orchestration_metadata\":{\"backoff_hint\":{" + hint + "}}}";
            assertThat(read(document).backoff()).isEqualTo(new BackoffRequest(kind, Duration.ofSeconds(5)));
            assertThat(reader.read(ByteString.copyFromUtf8(document), Duration.ofMillis(4_321))
                            .backoff())
                    .isEqualTo(new BackoffRequest(kind, Duration.ofMillis(4_321)));
        }
    }

    @Test
    void hintThatCannotBeUnderstoodIsNone() throws Exception {
        assertThat(read("{\"orchestration_metadata\":{\"backoff_hint\":{\"delay_seconds\":-5}}}")
                        .backoff())
                .isNull();
        assertThat(read("{\"orchestration_metadata\":{\"backoff_hint\":{\"delay_seconds\":\"x\"}}}")
                        .backoff())
                .isNull();
        assertThat(read("{\"orchestration_metadata\":[{\"headers\":1}]}").backoff())
                .isNull();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "'' | document: nothing (expected: a JSON object)",
                "[] | document: an array (expected: a JSON object)",
                "\"x\" | document: a text (expected: a JSON object)",
                "1 | document: a number (expected: a JSON object)",
                "true | document: a boolean (expected: a JSON object)",
                "null | document: null (expected: a JSON object)",
                "{\"success\":\"true\"} | success: a text (expected: true or false)",
                "{\"success\":{}} | success: an object (expected: true or false)",
                "{\"metadata\":[]} | metadata: an array (expected: an object)",
                "{\"metadata\":{\"retryable\":1}} | metadata.retryable: a number (expected: true or false)",
                "{\"metadata\":{\"execution_time_ms\":\"1\"}} | metadata.execution_time_ms: a text (expected: a"
                        + " number)",
                "{} {} | document: more follows after the JSON object"
            })
    void wrongShapesAreNamed(String document, String reason) {
        assertThatThrownBy(() -> read(document))
                .isInstanceOf(InvalidResultException.class)
                .hasMessage(reason);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{",
                "{\"a\":}",
                "{\"a\":1,}",
                "{'a':1}",
                "{\"a\":\"\\x\"}",
                "{} trailing",
                "{\"a\":NaN}",
                "{\"a\":01}",
                "{\"a\":[1,2}"
            })
    void brokenJsonIsRefused(String document) {
        assertThatThrownBy(() -> read(document))
                .isInstanceOf(InvalidResultException.class)
                .hasMessageStartingWith("document: not JSON: ");
    }

    @Test
    void nestingWithoutEndIsRefused() {
        assertThatThrownBy(() -> read("{\"a\":" + "[".repeat(100_000))).isInstanceOf(InvalidResultException.class);
    }

    @Test
    void bytesThatAreNotUtf8AreRefused() {
        assertThatThrownBy(() ->
                        reader.read(ByteString.copyFrom(new byte[] {'{', '"', (byte) 0xff, '"', ':', '1', '}'}), null))
                .hasMessage("document: not UTF-8");
    }
}
