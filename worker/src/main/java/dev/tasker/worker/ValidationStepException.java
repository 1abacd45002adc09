package dev.tasker.worker;

import org.jspecify.annotations.Nullable;

/** Input, configuration or a dependency's result is missing or of the wrong kind. */
public class ValidationStepException extends PermanentStepException {

    static final String CODE = "VALIDATION_ERROR";

    public ValidationStepException(String message) {
        this(message, CODE, null);
    }

    public ValidationStepException(String message, @Nullable String code, @Nullable Throwable cause) {
        super(message, code, cause);
    }

    @Override
    StepResult.Failure toFailure() {
        return super.toFailure().type(ErrorTypes.VALIDATION_ERROR);
    }
}
