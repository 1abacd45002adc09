package dev.tasker.server.gateway;

/**
 * What a worker asks for of its own accord, and as how much that counts (decision 020). Answers to what the server gave it are not among these:
 * results and rejections of leases it holds, heartbeats when they are due.
 */
enum WorkerCall {
    /** A session, or an attempt at one. */
    OPEN(100),
    /** What cannot be read or makes no sense, beside what it counts as a call. */
    REFUSED(100),
    /** Templates to be registered; every worker does so when it starts, one by one. */
    TEMPLATES(1),
    /** A poll that brings nothing. */
    POLL(1),
    /** A heartbeat before it is due. */
    HEARTBEAT(1),
    /** A checkpoint, or the outcome of a lease that the session does not hold. */
    REPORT(1),
    /** Events of a handler. */
    EVENTS(1),
    /** Any other message. */
    OTHER(1);

    private final int calls;

    WorkerCall(int calls) {
        this.calls = calls;
    }

    int calls() {
        return calls;
    }
}
