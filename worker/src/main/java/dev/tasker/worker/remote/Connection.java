package dev.tasker.worker.remote;

import dev.tasker.protocol.worker.v1.Register;

/**
 * One way to the server, from its Register to its end, whatever carries it. Asks its session for what is to be said, tells it what it
 * hears, and when it is over. Thread-safe; no method blocks.
 */
interface Connection {

    /** Introduces the worker. Called once. */
    void start(Register register);

    /** Whether the server has taken the worker. */
    boolean isRegistered();

    /** Lets the session's messages through. */
    void open();

    /** Sends what the session has to say, on another thread. */
    void flush();

    /** Ends it without waiting for answers. */
    void abort(String reason);
}
