package dev.tasker.worker;

import org.jspecify.annotations.Nullable;

/** Something that the step needs does not exist. Permanent. */
public class NotFoundStepException extends PermanentStepException {
    private static final String CODE = "NOT_FOUND";

    public NotFoundStepException(String message) {
        this(message, CODE, null);
    }

    /** @param code machine-readable, stored as {@code error_code} */
    public NotFoundStepException(String message, @Nullable String code, @Nullable Throwable cause) {
        super(message, code, cause);
    }
}
