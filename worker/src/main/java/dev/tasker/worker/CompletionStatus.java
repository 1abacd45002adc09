package dev.tasker.worker;

/** What became of a reported outcome. */
public enum CompletionStatus {
    /** Recorded by this call. */
    ACCEPTED,
    /** Recorded already by an earlier call with the same token. */
    DUPLICATE,
    /** The lease belongs to someone else by now; nothing changed. */
    STALE_LEASE,
    /** The report itself cannot be stored (size, form); nothing changed, and assignment and slot are still open. */
    INVALID
}
