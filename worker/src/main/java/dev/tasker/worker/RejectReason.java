package dev.tasker.worker;

/** Why an assignment is given back before user code ran. */
public enum RejectReason {
    HANDLER_NOT_FOUND,
    SHUTTING_DOWN
}
