package dev.tasker.server.transport;

import dev.tasker.engine.LeaseConfig;
import dev.tasker.server.config.AuthConfig;
import dev.tasker.testkit.TestDatabase;
import dev.tasker.worker.remote.GrpcWorkSource;
import dev.tasker.worker.remote.GrpcWorkSourceConfig;
import dev.tasker.worker.remote.Reconnection;
import dev.tasker.worker.remote.RemoteWorkSource;
import dev.tasker.worker.remote.WorkerCredential;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

class GrpcRemoteTest extends RemoteContract {
    @Override
    RemoteWorkSource source(int port, Reconnection again, @Nullable WorkerCredential credential) {
        return new GrpcWorkSource(
                "127.0.0.1:" + port,
                new GrpcWorkSourceConfig(
                                Duration.ofSeconds(30), again.backoffFirst(), again.backoffMax(), again.resendAfter())
                        .withCredential(credential));
    }

    @Override
    int portOf(Stack server) {
        return server.grpcPort();
    }

    @Override
    Stack start(TestDatabase on, AuthConfig auth, LeaseConfig leases, int port) {
        return Stack.start(on, auth, leases, 0, port);
    }
}
