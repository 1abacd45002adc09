package dev.tasker.junit;

import static dev.tasker.junit.WorkflowAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tasker.engine.StepState;
import dev.tasker.engine.TaskState;
import dev.tasker.worker.Decision;
import dev.tasker.worker.DecisionHandler;
import dev.tasker.worker.HandlerRegistry;
import dev.tasker.worker.PermanentStepException;
import dev.tasker.worker.RetryableStepException;
import dev.tasker.worker.StepContext;
import dev.tasker.worker.StepResult;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Templates that run in tests, and what can be said of their runs. */
class WorkflowsTest {
    // guide: template
    private static final String BOOKING = """
        name: booking
        namespace_name: parcels
        version: 1.0.0
        steps:
          - name: weigh
            handler: {callable: parcels.weigh}
          - name: book
            dependencies: [weigh]
            handler: {callable: parcels.book}
            retry: {retryable: true, max_attempts: 4, backoff: exponential, backoff_base_ms: 86400000, max_backoff_ms: 604800000}
            publishes_events:
              - name: parcel.booked
                description: The carrier has taken it
                delivery_mode: fast
                schema: {type: object, required: [booking]}
              - name: parcel.refused
                description: No carrier takes it
                condition: permanent_failure
                schema: {type: object}
        """;
    // guide end

    private static final String ROUTING = """
        name: routing
        namespace_name: parcels
        version: 1.0.0
        steps:
          - name: weigh
            handler: {callable: parcels.weigh}
          - name: decide
            type: decision
            dependencies: [weigh]
            handler: {callable: parcels.decide}
          - name: by_air
            dependencies: [decide]
            handler: {callable: parcels.weigh}
          - name: by_road
            dependencies: [decide]
            handler: {callable: parcels.weigh}
        """;

    // guide: extension
    @RegisterExtension
    static final Workflows workflows = Workflows.with(HandlerRegistry.builder()
                    .handler("parcels.weigh", step -> StepResult.success(Map.of("grams", 1200)))
                    .handler("parcels.book", WorkflowsTest::book)
                    .handler("parcels.decide", (DecisionHandler) _ -> Decision.route("by_road"))
                    .build())
            .template(BOOKING)
            .template(ROUTING);
    // guide end

    private static StepResult book(StepContext step) {
        if (step.input("closed", Boolean.class)) {
            throw new PermanentStepException("the carrier has closed for good");
        }
        if (step.attempt() <= step.input("bad_days", Integer.class)) {
            throw new RetryableStepException("the carrier is closed today");
        }
        return StepResult.success(Map.of("booking", "B-" + step.attempt()));
    }

    // guide: retries
    @Test
    void parcelIsBookedWhenTheCarrierOpensAgain() {
        WorkflowRun run = workflows.run("booking", """
            {"bad_days": 3, "closed": false}
            """);

        assertThat(run)
                .isComplete()
                .waited(Duration.ofDays(1 + 2 + 4))
                .published("parcel.booked")
                .step("weigh")
                .hasAttempts(1)
                .and()
                .step("book")
                .isComplete()
                .hasAttempts(4)
                .hasResultAt("/booking", "B-4");
    }
    // guide end

    // guide: failures
    @Test
    void parcelNobodyTakesWaitsForAPerson() {
        WorkflowRun run = workflows.run("booking", """
            {"bad_days": 0, "closed": true}
            """);

        assertThat(run)
                .isBlocked()
                .published("parcel.refused")
                .step("book")
                .isFailed()
                .hasAttempts(1)
                .failedWith("permanent_error", "closed for good");
    }
    // guide end

    @Test
    void retriesThatAreUsedUpBlockTheTask() {
        WorkflowRun run = workflows.run("booking", "{\"bad_days\": 9, \"closed\": false}");

        assertThat(run)
                .isBlocked()
                .waited(Duration.ofDays(7))
                .published("parcel.refused")
                .step("book")
                .hasAttempts(4);
        assertThat(run.step("book").result().isMissingNode()).isTrue();
    }

    @Test
    void stepsThatADecisionAddedAreThere() {
        WorkflowRun run = workflows.run("routing", "{}");

        assertThat(run)
                .isComplete()
                .hasSteps("weigh", "decide", "by_road")
                .waited(Duration.ZERO)
                .published();
        assertThat(run.step("by_road").state()).isEqualTo(StepState.COMPLETE);
        assertThat(run.state()).isEqualTo(TaskState.COMPLETE);
        assertThat(run.toString()).contains(run.taskUuid().toString(), "by_road");
    }

    @Test
    void equalContextsAreDifferentRuns() {
        assertThat(workflows.run("routing", "{}").taskUuid())
                .isNotEqualTo(workflows.run("routing", "{}").taskUuid());
    }

    @Test
    void payloadsOfEventsAreThere() {
        WorkflowRun run = workflows.run("booking", "{\"bad_days\": 0, \"closed\": false}");

        assertThat(run).published("parcel.booked");
        RunEvent event = run.events().getFirst();
        assertThat(event.step()).isEqualTo("book");
        assertThat(event.payload().get("booking").asString()).isEqualTo("B-1");
    }

    @Test
    void assertionsThatDoNotHoldSayWhatWasFound() {
        WorkflowRun run = workflows.run("booking", "{\"bad_days\": 0, \"closed\": false}");

        assertThatThrownBy(() -> assertThat(run).isBlocked())
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("Expected the task to be <blocked_by_failures>, but it is task");
        assertThatThrownBy(() -> assertThat(run).waited(Duration.ofDays(1))).isInstanceOf(AssertionError.class);
        assertThatThrownBy(() -> assertThat(run).hasSteps("weigh")).isInstanceOf(AssertionError.class);
        assertThatThrownBy(() -> assertThat(run).step("wiegh"))
                .hasMessage("step: 'wiegh' (expected: one of [weigh, book])");
        RunStepAssert weigh = assertThat(run).step("weigh");
        assertThatThrownBy(weigh::isFailed).hasMessageContaining("Expected step to be <error>");
        assertThatThrownBy(() -> weigh.hasAttempts(2)).hasMessageContaining("<2> attempts");
        assertThatThrownBy(() -> weigh.hasResult("{}")).hasMessageContaining("Expected result <{}>");
        assertThatThrownBy(() -> weigh.hasResultAt("/grams", 1)).hasMessageContaining("Expected <1> at </grams>");
        assertThatThrownBy(() -> weigh.failedWith("x", "y")).isInstanceOf(AssertionError.class);
        weigh.hasResult("{\"grams\": 1200}");
    }

    @Test
    void misuseIsNamed() {
        assertThatThrownBy(() -> workflows.run("{}"))
                .hasMessage("2 templates (expected: one, or the name of the one to run)");
        assertThatThrownBy(() -> workflows.run("none", "{}"))
                .hasMessage("template: 'none' (expected: one of [booking, routing])");
        assertThatThrownBy(() -> workflows.run("routing", "[]"))
                .isInstanceOf(AssertionError.class)
                .hasMessageStartingWith("task not created: ");
        assertThatThrownBy(() -> Workflows.with(HandlerRegistry.builder().build())
                        .template(ROUTING)
                        .run("{}"))
                .hasMessage("Workflows belong into a static field with @RegisterExtension");
    }
}
