package dev.tasker.server.transport;

import dev.tasker.engine.LeaseConfig;
import dev.tasker.server.config.AuthConfig;
import dev.tasker.testkit.TestDatabase;
import dev.tasker.worker.remote.HttpWorkSource;
import dev.tasker.worker.remote.HttpWorkSourceConfig;
import dev.tasker.worker.remote.Reconnection;
import dev.tasker.worker.remote.RemoteWorkSource;
import dev.tasker.worker.remote.WorkerCredential;
import java.net.URI;
import org.jspecify.annotations.Nullable;

class HttpRemoteTest extends RemoteContract {
    @Override
    RemoteWorkSource source(int port, Reconnection again, @Nullable WorkerCredential credential) {
        return new HttpWorkSource(
                URI.create("http://127.0.0.1:" + port),
                HttpWorkSourceConfig.DEFAULT.withReconnection(again).withCredential(credential));
    }

    @Override
    int portOf(Stack server) {
        return server.restPort();
    }

    @Override
    Stack start(TestDatabase on, AuthConfig auth, LeaseConfig leases, int port) {
        return Stack.start(on, auth, leases, port, 0);
    }
}
