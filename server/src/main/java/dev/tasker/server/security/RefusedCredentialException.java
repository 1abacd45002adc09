package dev.tasker.server.security;

/** A credential is worth nothing; the message says why, for the log. An outcome, so it has no stack trace. */
final class RefusedCredentialException extends Exception {
    private static final long serialVersionUID = 1L;

    RefusedCredentialException(String message) {
        super(message, null, false, false);
    }
}
