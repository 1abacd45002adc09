package dev.tasker.examples.fault;

import dev.tasker.examples.Members;
import dev.tasker.worker.HandlerRegistry;
import dev.tasker.worker.StepContext;
import dev.tasker.worker.StepResult;

/** Handlers whose failures are part of the plan, and the two that do nothing. */
public final class FaultHandlers {

    private FaultHandlers() {}

    public static HandlerRegistry registry() {
        return HandlerRegistry.builder()
                .handler("FailNTimesHandler", FaultHandlers::failNTimes)
                .handler("CheckpointAndFailHandler", new CheckpointAndFail())
                .handler("TestHandlers::NoOpHandler", context -> StepResult.success())
                .handler("tasker_example_rs::step_handlers::test::TestStepHandler", FaultHandlers::returnInput)
                .build();
    }

    private static StepResult failNTimes(StepContext context) {
        int failures = context.configOr("fail_count", 1);
        if (context.attempt() <= failures) {
            return StepResult.failure("attempt " + context.attempt() + " fails on purpose")
                    .type("RetryableError")
                    .code("SIMULATED_FAILURE")
                    .context("attempt", context.attempt())
                    .context("fail_until", failures);
        }
        return StepResult.success(Members.of(
                "attempts_before_success",
                context.attempt(),
                "fail_count_configured",
                failures,
                "message",
                "succeeded on attempt " + context.attempt()));
    }

    private static StepResult returnInput(StepContext context) {
        return "return_input".equals(context.configOr("operation", ""))
                ? StepResult.success(context.context())
                : StepResult.success();
    }
}
