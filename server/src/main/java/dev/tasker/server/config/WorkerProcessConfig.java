package dev.tasker.server.config;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Everything a worker process is told ({@code [worker]}, 04 §1.6).
 *
 * @param workerId what operators call it, null: made up at start
 * @param workerType a word of the operator's, shown with the id
 * @param slots handlers that may run at once
 * @param handlerTimeout for steps that state none
 * @param drainTimeout how long a stopping worker lets running handlers finish
 * @param strictHandlers whether a step of its templates without a handler stops the start
 * @param server where the work comes from
 * @param web the worker's own REST
 * @param grpc the worker's own gRPC
 * @param auth who may ask these two
 */
public record WorkerProcessConfig(
        Environment environment,
        @Nullable String workerId,
        String workerType,
        int slots,
        Duration handlerTimeout,
        Duration drainTimeout,
        boolean strictHandlers,
        WorkerLinkConfig server,
        WorkerWebConfig web,
        WorkerGrpcConfig grpc,
        AuthConfig auth) {

    /** The built-in defaults of an environment, regardless of any file and variable. */
    public static WorkerProcessConfig defaults(Environment environment) {
        return WorkerConfigLoader.defaults(environment);
    }

    public WorkerProcessConfig withWorkerId(String newId) {
        return new WorkerProcessConfig(
                environment,
                newId,
                workerType,
                slots,
                handlerTimeout,
                drainTimeout,
                strictHandlers,
                server,
                web,
                grpc,
                auth);
    }

    public WorkerProcessConfig withSlots(int newSlots) {
        return new WorkerProcessConfig(
                environment,
                workerId,
                workerType,
                newSlots,
                handlerTimeout,
                drainTimeout,
                strictHandlers,
                server,
                web,
                grpc,
                auth);
    }

    public WorkerProcessConfig withStrictHandlers(boolean strict) {
        return new WorkerProcessConfig(
                environment,
                workerId,
                workerType,
                slots,
                handlerTimeout,
                drainTimeout,
                strict,
                server,
                web,
                grpc,
                auth);
    }

    public WorkerProcessConfig withDrainTimeout(Duration timeout) {
        return new WorkerProcessConfig(
                environment,
                workerId,
                workerType,
                slots,
                handlerTimeout,
                timeout,
                strictHandlers,
                server,
                web,
                grpc,
                auth);
    }

    public WorkerProcessConfig withWeb(WorkerWebConfig newWeb) {
        return new WorkerProcessConfig(
                environment,
                workerId,
                workerType,
                slots,
                handlerTimeout,
                drainTimeout,
                strictHandlers,
                server,
                newWeb,
                grpc,
                auth);
    }

    public WorkerProcessConfig withGrpc(WorkerGrpcConfig newGrpc) {
        return new WorkerProcessConfig(
                environment,
                workerId,
                workerType,
                slots,
                handlerTimeout,
                drainTimeout,
                strictHandlers,
                server,
                web,
                newGrpc,
                auth);
    }

    /** This configuration with gRPC on another port of the same host. */
    public WorkerProcessConfig withGrpcPort(int port) {
        return withGrpc(grpc.withBindAddress(new BindAddress(grpc.bindAddress().host(), port)));
    }

    /** This configuration with REST on another port of the same host. */
    public WorkerProcessConfig withPort(int port) {
        return withWeb(new WorkerWebConfig(
                web.enabled(), new BindAddress(web.bindAddress().host(), port), web.configEndpoint(), web.tls()));
    }

    public WorkerProcessConfig withAuth(AuthConfig newAuth) {
        return new WorkerProcessConfig(
                environment,
                workerId,
                workerType,
                slots,
                handlerTimeout,
                drainTimeout,
                strictHandlers,
                server,
                web,
                grpc,
                newAuth);
    }
}
