package dev.tasker.server.gateway;

import dev.tasker.protocol.worker.v1.ServerMessage;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;

/** A gRPC stream. */
record GrpcLine(ServerCallStreamObserver<ServerMessage> observer) implements Line {

    @Override
    public boolean isReady() {
        return observer.isReady();
    }

    @Override
    public void send(ServerMessage message) {
        observer.onNext(message);
    }

    @Override
    public void end(Status status) {
        if (status.isOk()) {
            observer.onCompleted();
        } else {
            observer.onError(RateLimitedException.told(status));
        }
    }
}
