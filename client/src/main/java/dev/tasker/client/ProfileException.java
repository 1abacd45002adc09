package dev.tasker.client;

import org.jspecify.annotations.Nullable;

/** A profile, or a file with profiles, cannot be used; the message is one sentence with what is expected. */
public final class ProfileException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    ProfileException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
