package dev.tasker.worker;

import static dev.tasker.worker.Documents.canonical;
import static dev.tasker.worker.WorkerFixture.CONFIG;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tasker.worker.WorkerFixture.Gate;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Each row of the outcome table, from assignment to report. */
class OutcomeTest {

    private final Assignment assignment = Assignments.assignment();

    @Test
    void returnedSuccessIsReportedAsReturned() {
        try (var fixture = new WorkerFixture(context -> StepResult.success(36))) {
            StepReport report = fixture.run(assignment).report();

            assertThat(report.success()).isTrue();
            assertThat(json(report).get("result").intValue()).isEqualTo(36);
            assertThat(json(report).at("/metadata/worker_id").stringValue()).isEqualTo("worker-1");
        }
    }

    @Test
    void returnedFailureIsReportedAsReturned() {
        try (var fixture = new WorkerFixture(context ->
                StepResult.failure("declined").type("PaymentError").code("NO").permanent())) {
            StepReport report = fixture.run(assignment).report();

            assertFailure(report, "PaymentError", "NO", false, "declined");
            assertThat(json(report).at("/metadata/context").size()).isZero();
        }
    }

    @Test
    @SuppressWarnings({"NullAway", "DataFlowIssue"}) // what a handler without null checks may do
    void returnedNothingIsSuccessWithoutValue() {
        try (var fixture = new WorkerFixture(context -> null)) {
            StepReport report = fixture.run(assignment).report();

            assertThat(report.success()).isTrue();
            assertThat(json(report).get("result").isEmpty()).isTrue();
        }
    }

    @Test
    void thrownExceptionIsRetryableHandlerErrorWithIdsTypeAndStackTrace() {
        try (var fixture = new WorkerFixture(context -> {
            throw new IOException("connection reset");
        })) {
            StepReport report = fixture.run(assignment).report();

            assertFailure(report, "handler_error", null, true, "connection reset");
            JsonNode document = json(report);
            assertThat(document.at("/metadata/context/handler_name").stringValue())
                    .isEqualTo("handler");
            assertThat(document.at("/metadata/context/task_uuid").stringValue())
                    .isEqualTo(assignment.taskUuid().toString());
            assertThat(document.at("/metadata/context/exception_type").stringValue())
                    .isEqualTo("java.io.IOException");
            assertThat(document.at("/error/backtrace").size()).isBetween(1, 50);
        }
    }

    @Test
    void thrownPermanentExceptionKeepsItsCode() {
        try (var fixture = new WorkerFixture(context -> {
            throw new PermanentStepException("no such sku", "UNKNOWN_SKU", null);
        })) {
            StepReport report = fixture.run(assignment).report();

            assertFailure(report, "permanent_error", "UNKNOWN_SKU", false, "no such sku");
            assertThat(report.document()).doesNotContain("backtrace");
        }
    }

    @Test
    void thrownRetryableExceptionCarriesItsPause() {
        try (var fixture = new WorkerFixture(context -> {
            throw new RetryableStepException("busy", Duration.ofMillis(2_500));
        })) {
            StepReport report = fixture.run(assignment).report();

            assertFailure(report, "retryable_error", null, true, "busy");
            assertThat(report.backoffHint())
                    .isEqualTo(new BackoffHint(BackoffHint.Kind.SERVER_REQUESTED, Duration.ofMillis(2_500)));
        }
    }

    @Test
    void missingInputIsPermanentValidationError() {
        try (var fixture = new WorkerFixture(context -> StepResult.success(context.input("n", Integer.class)))) {
            StepReport report = fixture.run(assignment).report();

            assertFailure(
                    report, "validation_error", "VALIDATION_ERROR", false, "input 'n' is missing (expected: Integer)");
            assertThat(json(report).at("/metadata/context/field").stringValue()).isEqualTo("n");
        }
    }

    @Test
    void errorIsPermanentPanic() {
        try (var fixture = new WorkerFixture(context -> {
            throw new AssertionError("broken");
        })) {
            assertFailure(fixture.run(assignment).report(), "handler_panic", null, false, "Handler panicked: broken");
        }
    }

    @Test
    void overflownStackIsPermanentPanicAndTheWorkerGoesOn() {
        try (var fixture = new WorkerFixture(context -> StepResult.success(endless(context.attempt())))) {
            StepReport report = fixture.run(assignment).report();

            assertThat(report.errorType()).isEqualTo("handler_panic");
            assertThat(report.retryable()).isFalse();
            assertThat(fixture.run(Assignments.assignment()).report().errorType())
                    .isEqualTo("handler_panic");
        }
    }

    @Test
    void valueThatCannotBeSerialisedIsPermanentFailure() {
        try (var fixture = new WorkerFixture(context -> {
            var endless = new ArrayList<Object>();
            endless.add(endless);
            return StepResult.success(endless);
        })) {
            StepReport report = fixture.run(assignment).report();

            assertThat(report.errorType()).isEqualTo("FFI_SERIALIZATION_ERROR");
            assertThat(report.retryable()).isFalse();
        }
    }

    @Test
    void timeoutOfTheStepIsRetryableHandlerTimeout() {
        var gate = new Gate(true);
        try (var fixture = new WorkerFixture(gate)) {
            fixture.session.assign(
                    Assignments.with().timeout(Duration.ofMillis(700)).build());
            Gate.Run run = gate.next();

            fixture.pass(Duration.ofMillis(699));
            assertThat(run.interrupted).isNotDone();
            fixture.pass(Duration.ofMillis(1));
            StepReport report = fixture.session.nextCompletion().report();

            assertThat(run.interrupted).isDone();
            assertFailure(report, "handler_timeout", null, true, "Handler timed out after 700ms");
            assertThat(json(report).at("/metadata/context/timeout_ms").intValue())
                    .isEqualTo(700);
            assertThat(json(report).at("/metadata/context/handler_name").stringValue())
                    .isEqualTo("handler");
            assertThat(json(report).at("/metadata/execution_time_ms").intValue())
                    .isEqualTo(700);
            assertThat(fixture.worker.statistics().timedOut()).isEqualTo(1);
        }
    }

    @Test
    void defaultTimeoutAppliesToStepsThatStateNone() {
        var gate = new Gate(true);
        try (var fixture = new WorkerFixture(gate, CONFIG.withHandlerTimeout(Duration.ofSeconds(30)))) {
            fixture.session.assign(assignment);
            gate.next();

            fixture.pass(Duration.ofSeconds(30));

            assertThat(json(fixture.session.nextCompletion().report())
                            .at("/error/message")
                            .stringValue())
                    .isEqualTo("Handler timed out after 30000ms");
        }
    }

    @Test
    void timeoutBeyondTheClockIsNone() {
        try (var fixture = new WorkerFixture(context -> StepResult.success())) {
            Assignment endless = Assignments.with()
                    .timeout(Duration.ofSeconds(Long.MAX_VALUE))
                    .build();

            assertThat(fixture.run(endless).report().success()).isTrue();
        }
    }

    @Test
    void stepWithoutHandlerIsGivenBackWithItsSlot() {
        try (var fixture = new WorkerFixture(context -> StepResult.success())) {
            fixture.session.assign(Assignments.with().callable("unknown").build());

            assertThat(HandDrivenSource.take(fixture.session.rejections).reason())
                    .isEqualTo(RejectReason.HANDLER_NOT_FOUND);
            assertThat(fixture.session.credit).hasValue(2);
            assertThat(fixture.worker.statistics().rejected()).isEqualTo(1);
        }
    }

    @Test
    void executionTimeIsTheHandlersOwn() {
        var clock = new AtomicReference<WorkerFixture>();
        try (var fixture = new WorkerFixture(context -> {
            clock.get().clock.addAndGet(Duration.ofMillis(40).toNanos());
            return StepResult.success();
        })) {
            clock.set(fixture);
            StepReport report = fixture.run(assignment).report();

            assertThat(report.executionTime()).isEqualTo(Duration.ofMillis(40));
            assertThat(json(report).at("/metadata/execution_time_ms").intValue())
                    .isEqualTo(40);
        }
    }

    @SuppressWarnings("InfiniteRecursion") // that is its purpose
    private static int endless(int depth) {
        return endless(depth + 1) + 1;
    }

    private static JsonNode json(StepReport report) {
        return Json.MAPPER.readTree(report.document());
    }

    private static void assertFailure(
            StepReport report, String type, @Nullable String code, boolean retryable, String message) {
        assertThat(report.success()).isFalse();
        assertThat(report.errorType()).isEqualTo(type);
        assertThat(report.errorCode()).isEqualTo(code);
        assertThat(report.retryable()).isEqualTo(retryable);
        JsonNode document = canonical(report.document(), new UUID(0, 0));
        assertThat(document.get("status").stringValue()).isEqualTo("failed");
        assertThat(document.at("/metadata/error_type")).isEqualTo(document.at("/error/error_type"));
        assertThat(document.at("/metadata/retryable").booleanValue()).isEqualTo(retryable);
        assertThat(document.at("/error/retryable").booleanValue()).isEqualTo(retryable);
        assertThat(document.at("/error/message").stringValue()).isEqualTo(message);
    }
}
