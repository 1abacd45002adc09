package dev.tasker.worker;

import org.jspecify.annotations.Nullable;

/** No further attempt can help: bad input, a broken business rule, something that does not exist, missing rights. */
public non-sealed class PermanentStepException extends StepException {

    private final @Nullable String code;

    public PermanentStepException(String message) {
        this(message, null, null);
    }

    /** @param code machine-readable, stored as {@code error_code} */
    public PermanentStepException(String message, @Nullable String code, @Nullable Throwable cause) {
        super(message, cause);
        this.code = code;
    }

    @Override
    StepResult.Failure stated() {
        return StepResult.failure(text())
                .type(ErrorTypes.PERMANENT_ERROR)
                .code(code)
                .permanent()
                .context(context());
    }
}
