package dev.tasker.worker;

/** Where work comes from: in process, gRPC or HTTP. Thread-safe. */
public interface WorkSource extends AutoCloseable {

    /**
     * Opens one session; assignments arrive at the listener until the session is closed. Nothing arrives before the
     * first {@link WorkSession#grant}: a new session has no credit.
     */
    WorkSession open(Registration registration, AssignmentListener listener);

    @Override
    void close();
}
