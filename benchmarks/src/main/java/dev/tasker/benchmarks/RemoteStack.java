package dev.tasker.benchmarks;

import dev.tasker.engine.Engine;
import dev.tasker.server.gateway.GatewayConfig;
import dev.tasker.server.gateway.GatewayServer;
import dev.tasker.server.gateway.WorkerGateway;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;

/** A gateway in this JVM and a worker process connected to it. */
record RemoteStack(WorkerGateway gateway, GatewayServer server, RemoteWorker worker) implements AutoCloseable {

    static RemoteStack start(Engine engine, int slots) throws IOException {
        WorkerGateway gateway = new WorkerGateway(engine::openSession, engine::register, GatewayConfig.DEFAULT);
        GatewayServer server = GatewayServer.start(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), gateway, List.of());
        return new RemoteStack(gateway, server, RemoteWorker.start(server.port(), slots));
    }

    @Override
    public void close() {
        worker.close();
        server.close();
    }
}
