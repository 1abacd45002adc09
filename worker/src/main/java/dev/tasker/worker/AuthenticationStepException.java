package dev.tasker.worker;

import org.jspecify.annotations.Nullable;

/** Another system does not know who we are. Permanent. */
public class AuthenticationStepException extends PermanentStepException {
    private static final String CODE = "AUTHENTICATION_ERROR";

    public AuthenticationStepException(String message) {
        this(message, CODE, null);
    }

    /** @param code machine-readable, stored as {@code error_code} */
    public AuthenticationStepException(String message, @Nullable String code, @Nullable Throwable cause) {
        super(message, code, cause);
    }
}
