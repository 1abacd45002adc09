package dev.tasker.worker;

import org.jspecify.annotations.Nullable;

/** Input, configuration or a dependency's result is missing or of the wrong kind. */
public class ValidationStepException extends PermanentStepException {

    /** The {@code error_code} unless another is given. */
    public static final String CODE = "VALIDATION_ERROR";

    public ValidationStepException(String message) {
        this(message, CODE, null);
    }

    public ValidationStepException(String message, @Nullable String code, @Nullable Throwable cause) {
        super(message, code, cause);
    }

    @Override
    StepResult.Failure stated() {
        return super.stated().type(ErrorTypes.VALIDATION_ERROR);
    }
}
