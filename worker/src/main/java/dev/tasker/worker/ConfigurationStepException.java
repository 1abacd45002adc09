package dev.tasker.worker;

import org.jspecify.annotations.Nullable;

/** The handler is set up in a way it cannot work with. Permanent. */
public class ConfigurationStepException extends PermanentStepException {
    private static final String CODE = "CONFIGURATION_ERROR";

    public ConfigurationStepException(String message) {
        this(message, CODE, null);
    }

    /** @param code machine-readable, stored as {@code error_code} */
    public ConfigurationStepException(String message, @Nullable String code, @Nullable Throwable cause) {
        super(message, code, cause);
    }
}
