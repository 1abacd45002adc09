package dev.tasker.worker.sample;

import dev.tasker.worker.StepContext;
import dev.tasker.worker.StepHandler;
import dev.tasker.worker.StepResult;
import java.util.concurrent.atomic.AtomicInteger;

/** A handler in class style with a method of its own. */
public final class Refund implements StepHandler {
    /** How often it was made. */
    public static final AtomicInteger MADE = new AtomicInteger();

    Refund() {
        MADE.incrementAndGet();
    }

    @Override
    public StepResult handle(StepContext context) {
        return StepResult.success("refund");
    }

    /** A method that a template may name. */
    public StepResult partial(StepContext context) {
        return StepResult.success("partial");
    }

    StepResult secret(StepContext context) {
        return StepResult.success("secret");
    }
}
