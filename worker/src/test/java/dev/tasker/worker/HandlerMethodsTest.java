package dev.tasker.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Which method of a handler runs (04 §5.9). */
@Timeout(30)
class HandlerMethodsTest {
    private static final HandlerMethods HANDLER = HandlerMethods.of(context -> StepResult.success("call"))
            .with("refund", context -> StepResult.success("refund"));

    @Test
    void templateNamesTheMethodThatRuns() {
        try (var fixture = new WorkerFixture(HANDLER)) {
            assertThat(fixture.run(Assignments.ofMethod("call")).report().document())
                    .contains("\"result\":\"call\"");
            assertThat(fixture.run(Assignments.ofMethod("refund")).report().document())
                    .contains("\"result\":\"refund\"");
        }
    }

    @Test
    void methodThatDoesNotExistFailsForGoodAndNamesThoseThatDo() {
        try (var fixture = new WorkerFixture(HANDLER)) {
            StepReport report = fixture.run(Assignments.ofMethod("repay")).report();

            assertThat(report.errorType()).isEqualTo("handler_not_found");
            assertThat(report.retryable()).isFalse();
            assertThat(report.document()).contains("repay", "[call, refund]");
        }
    }

    @Test
    void plainHandlerHasOneMethod() {
        try (var fixture = new WorkerFixture(context -> StepResult.success())) {
            assertThat(fixture.run(Assignments.ofMethod("refund")).report().errorType())
                    .isEqualTo("handler_not_found");
        }
    }

    @Test
    void nameIsGivenOnce() {
        assertThatThrownBy(() -> HANDLER.with("refund", HANDLER))
                .hasMessage("method: 'refund' (expected: a name not taken by [call, refund])");
        assertThatThrownBy(() -> HANDLER.with("call", HANDLER)).isInstanceOf(IllegalArgumentException.class);
    }
}
