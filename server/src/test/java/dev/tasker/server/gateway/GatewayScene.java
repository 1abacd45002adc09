package dev.tasker.server.gateway;

import dev.tasker.server.security.Authenticator;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;

/** A gateway before an engine that answers as told, and workers on the wire; all of it is closed after the test. */
abstract class GatewayScene {
    static final String SUCCESS = "{\"success\":true,\"result\":{\"a\":1}}";

    final FakeEngine engine = new FakeEngine();
    private final List<AutoCloseable> open = new ArrayList<>();

    @AfterEach
    void closeAll() throws Exception {
        for (AutoCloseable each : open.reversed()) {
            each.close();
        }
    }

    GatewayServer start(GatewayConfig config) {
        return start(new WorkerGateway(engine, template -> {}, _ -> Optional.empty(), config));
    }

    GatewayServer start(WorkerGateway gateway) {
        var server = GatewayServer.start(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                Authenticator.DISABLED,
                null,
                gateway,
                List.of());
        open.add(server);
        return server;
    }

    int port() {
        return start(GatewayConfig.DEFAULT.withDrain(Duration.ZERO)).port();
    }

    <T extends AutoCloseable> T closing(T worker) {
        open.add(worker);
        return worker;
    }

    WireWorker worker(int port) throws InterruptedException {
        return closing(WireWorker.registered(port));
    }
}
