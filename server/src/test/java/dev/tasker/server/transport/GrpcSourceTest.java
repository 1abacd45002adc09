package dev.tasker.server.transport;

import dev.tasker.worker.WorkSource;
import dev.tasker.worker.remote.GrpcWorkSource;
import dev.tasker.worker.remote.GrpcWorkSourceConfig;

class GrpcSourceTest extends WorkSourceContract {
    @Override
    WorkSource sourceOf(Stack server) {
        return new GrpcWorkSource("127.0.0.1:" + server.grpcPort(), GrpcWorkSourceConfig.DEFAULT);
    }
}
