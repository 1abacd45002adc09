package dev.tasker.worker;

import org.jspecify.annotations.Nullable;

/** A rule of the business forbids it. Permanent. */
public class BusinessLogicStepException extends PermanentStepException {
    private static final String CODE = "BUSINESS_LOGIC_ERROR";

    public BusinessLogicStepException(String message) {
        this(message, CODE, null);
    }

    /** @param code machine-readable, stored as {@code error_code} */
    public BusinessLogicStepException(String message, @Nullable String code, @Nullable Throwable cause) {
        super(message, code, cause);
    }
}
