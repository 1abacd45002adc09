package dev.tasker.worker;

import java.util.LinkedHashMap;

/** Carries a failure that was made as a value out of the depth of a handler. */
public final class StatedStepException extends StepException {
    private final transient StepResult.Failure failure;

    StatedStepException(StepResult.Failure failure) {
        super(failure.message(), null);
        this.failure = failure;
    }

    @Override
    StepResult.Failure stated() {
        var facts = new LinkedHashMap<String, Object>(failure.context());
        facts.putAll(context());
        return failure.context(facts);
    }
}
