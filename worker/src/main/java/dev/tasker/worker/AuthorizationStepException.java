package dev.tasker.worker;

import org.jspecify.annotations.Nullable;

/** Another system knows us and does not let us. Permanent. */
public class AuthorizationStepException extends PermanentStepException {
    private static final String CODE = "AUTHORIZATION_ERROR";

    public AuthorizationStepException(String message) {
        this(message, CODE, null);
    }

    /** @param code machine-readable, stored as {@code error_code} */
    public AuthorizationStepException(String message, @Nullable String code, @Nullable Throwable cause) {
        super(message, code, cause);
    }
}
