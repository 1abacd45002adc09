package dev.tasker.server.gateway;

import dev.tasker.protocol.worker.v1.ServerMessage;
import io.grpc.Status;

/** The way to one worker, whatever carries it. One thread at a time writes. */
interface Line {

    /** Whether it takes a message now. */
    boolean isReady();

    void send(ServerMessage message);

    /** Nothing follows. */
    void end(Status status);
}
