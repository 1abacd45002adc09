package dev.tasker.worker;

import static dev.tasker.worker.Documents.canonical;
import static dev.tasker.worker.Documents.json;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class ResultDocumentTest {

    private static final UUID STEP = new UUID(0, 7);
    private static final Duration ELAPSED = Duration.ofMillis(12);

    private final ResultDocument documents = new ResultDocument("worker-1", 2_000, true);

    @Test
    void successSaysNothingThatIsDefault() {
        StepReport report = documents.success(StepResult.success(), Duration.ZERO);

        assertThat(report.document())
                .isEqualTo(
                        "{\"success\":true,\"status\":\"completed\",\"result\":{},\"metadata\":{\"worker_id\":\"worker-1\"}}");
        assertThat(report.success()).isTrue();
        assertThat(report.retryable()).isFalse();
    }

    @Test
    void successWithDefaultsFilledInIsCanonical() {
        StepReport report =
                documents.success(StepResult.success(Map.of("total", 5), Map.of("operation", "sum")), ELAPSED);

        assertThat(canonical(report.document(), STEP)).isEqualTo(json("""
            {'step_uuid': '00000000-0000-0000-0000-000000000007', 'success': true, 'result': {'total': 5},
             'status': 'completed',
             'metadata': {'execution_time_ms': 12, 'handler_version': null, 'retryable': false,
                          'worker_id': 'worker-1', 'worker_hostname': null, 'custom': {'operation': 'sum'},
                          'error_code': null, 'error_type': null, 'context': {}},
             'error': null, 'orchestration_metadata': null}\
            """));
    }

    @Test
    void failureWithDefaultsFilledInIsCanonical() {
        StepReport report = documents.failure(
                StepResult.failure("card declined")
                        .type("PaymentError")
                        .code("DECLINED")
                        .context("bank", "B1")
                        .metadata(Map.of("gateway", "g")),
                null,
                ELAPSED);

        assertThat(canonical(report.document(), STEP)).isEqualTo(json("""
            {'step_uuid': '00000000-0000-0000-0000-000000000007', 'success': false, 'result': {},
             'status': 'failed',
             'metadata': {'execution_time_ms': 12, 'handler_version': null, 'retryable': true,
                          'worker_id': 'worker-1', 'worker_hostname': null, 'custom': {'gateway': 'g'},
                          'error_code': 'DECLINED', 'error_type': 'PaymentError', 'context': {'bank': 'B1'}},
             'error': {'message': 'card declined', 'error_type': 'PaymentError', 'backtrace': null,
                       'retryable': true},
             'orchestration_metadata': null}\
            """));
        assertThat(report.errorCode()).isEqualTo("DECLINED");
        assertThat(report.errorType()).isEqualTo("PaymentError");
        assertThat(report.retryable()).isTrue();
    }

    @Test
    void permanentFailureOmitsRetryable() {
        StepReport report = documents.failure(StepResult.failure("no").permanent(), null, ELAPSED);

        assertThat(report.document()).doesNotContain("retryable");
        assertThat(canonical(report.document(), STEP).at("/metadata/retryable").asBoolean())
                .isFalse();
    }

    @Test
    void headersOfTheServiceTravelToTheEngine() {
        StepReport report =
                documents.failure(StepResult.failure("later").headers(Map.of("Retry-After", "7")), null, ELAPSED);

        assertThat(json(report.document()).get("orchestration_metadata"))
                .isEqualTo(json("{'headers': {'Retry-After': '7'}}"));
    }

    @Test
    void backoffHintTravelsExactlyBesideTheDocumentAndInWholeSecondsInside() {
        var hint = new BackoffHint(BackoffHint.Kind.RATE_LIMIT, Duration.ofMillis(1_200));
        StepReport report = documents.failure(StepResult.failure("slow down").backoffHint(hint), null, ELAPSED);

        assertThat(report.backoffHint()).isEqualTo(hint);
        assertThat(json(report.document()).at("/orchestration_metadata/backoff_hint"))
                .isEqualTo(json("{'backoff_type': 'RateLimit', 'delay_seconds': 2}"));
    }

    @Test
    void bareValuesAreResultsOfTheirOwn() {
        assertThat(result(36)).isEqualTo(json("36"));
        assertThat(result("text \u0000 \"quoted\"").stringValue()).isEqualTo("text \u0000 \"quoted\"");
        assertThat(result(List.of(true, 1.5))).isEqualTo(json("[true, 1.5]"));
        assertThat(result(new Point(1, 2))).isEqualTo(json("{'x': 1, 'y': 2}"));
        assertThat(result(json("{'a': null}"))).isEqualTo(json("{'a': null}"));
    }

    @Test
    void valueThatRefersToItselfIsPermanentSystemError() {
        var endless = new ArrayList<Object>();
        endless.add(endless);

        assertUnserializable(documents.success(StepResult.success(endless), ELAPSED), "True");
    }

    @Test
    void valueThatJacksonCannotWriteIsPermanentSystemError() {
        assertUnserializable(
                documents.success(
                        StepResult.success(new Object() {
                            @SuppressWarnings({"unused", "EffectivelyPrivate"}) // Jackson reads public getters
                            public String getBroken() {
                                throw new IllegalStateException("x".repeat(1_000));
                            }
                        }),
                        ELAPSED),
                "True");
    }

    @Test
    void documentBeyondItsBoundIsPermanentSystemError() {
        StepReport report = documents.success(StepResult.success("x".repeat(3_000)), ELAPSED);

        assertUnserializable(report, "True");
        assertThat(report.document()).contains("(expected: <= 2000)");
    }

    @Test
    void failureKeepsItsVerdictWhenItsFactsCannotBeWritten() {
        var endless = new ArrayList<Object>();
        endless.add(endless);
        StepReport report =
                documents.failure(StepResult.failure("declined").code("NO").context("facts", endless), null, ELAPSED);

        assertThat(report.retryable()).isTrue();
        assertThat(report.errorCode()).isEqualTo("NO");
        assertThat(json(report.document()).at("/error/message").stringValue()).isEqualTo("declined");
        assertThat(json(report.document()).at("/metadata/context").isMissingNode())
                .isTrue();
    }

    @Test
    void failureWithAnEndlessMessageIsPermanentSystemError() {
        assertUnserializable(documents.failure(StepResult.failure("x".repeat(3_000)), null, ELAPSED), "False");
    }

    @Test
    void stackTraceIsBoundedAndCanBeSwitchedOff() {
        var cause = new IllegalStateException("boom");
        var frames = new StackTraceElement[80];
        Arrays.fill(frames, new StackTraceElement("A", "b", "A.java", 1));
        cause.setStackTrace(frames);
        var withTraces = new ResultDocument("w", 100_000, true);
        var without = new ResultDocument("w", 100_000, false);

        assertThat(json(withTraces
                                .failure(StepResult.failure("boom"), cause, ELAPSED)
                                .document())
                        .at("/error/backtrace")
                        .size())
                .isEqualTo(50);
        assertThat(without.failure(StepResult.failure("boom"), cause, ELAPSED).document())
                .doesNotContain("backtrace");
    }

    private JsonNode result(Object value) {
        StepReport report = documents.success(StepResult.success(value), ELAPSED);
        return Json.MAPPER.readTree(report.document()).get("result");
    }

    private static void assertUnserializable(StepReport report, String originalSuccess) {
        assertThat(report.success()).isFalse();
        assertThat(report.retryable()).isFalse();
        assertThat(report.errorType()).isEqualTo("FFI_SERIALIZATION_ERROR");
        JsonNode document = Json.MAPPER.readTree(report.document());
        assertThat(document.get("status").stringValue()).isEqualTo("error");
        assertThat(document.at("/error/message").stringValue())
                .startsWith("FFI serialization failed: ")
                .hasSizeLessThanOrEqualTo(500);
        assertThat(document.at("/metadata/custom/ffi_serialization_error").isString())
                .isTrue();
        assertThat(document.at("/metadata/custom/original_success").stringValue())
                .isEqualTo(originalSuccess);
    }

    private record Point(int x, int y) {}
}
