package dev.tasker.worker.remote;

/**
 * What became of a template that a worker registered (04 §7.2).
 *
 * @param message why it is not registered; empty when it is
 */
public record TemplateOutcome(Status status, String message) {

    /** How the server took it. */
    public enum Status {
        /** It is what new tasks start with; so is one that was registered before. */
        REGISTERED,
        /** The version is registered with another content, which may not be replaced. */
        CONFLICT,
        /** It cannot be read, or breaks a rule. */
        INVALID,
        /** The worker's credential may not register templates. */
        DENIED
    }

    static TemplateOutcome registered() {
        return new TemplateOutcome(Status.REGISTERED, "");
    }
}
