package dev.tasker.cli.conformance;

import dev.tasker.server.TaskerServer;
import dev.tasker.worker.WorkSource;
import dev.tasker.worker.remote.GrpcWorkSource;
import dev.tasker.worker.remote.GrpcWorkSourceConfig;
import dev.tasker.worker.remote.HttpWorkSource;
import dev.tasker.worker.remote.HttpWorkSourceConfig;

/** How the worker gets its steps. */
enum Transport {
    IN_PROCESS {
        @Override
        WorkSource workOf(TaskerServer server) {
            return server.workSource();
        }
    },
    GRPC {
        @Override
        WorkSource workOf(TaskerServer server) {
            return new GrpcWorkSource("127.0.0.1:" + server.grpcPort().orElseThrow(), GrpcWorkSourceConfig.DEFAULT);
        }
    },
    HTTP {
        @Override
        WorkSource workOf(TaskerServer server) {
            return new HttpWorkSource(server.restUrl().orElseThrow(), HttpWorkSourceConfig.DEFAULT);
        }
    };

    abstract WorkSource workOf(TaskerServer server);
}
