package dev.tasker.server.config;

import dev.tasker.engine.EngineConfig;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Everything a server is told.
 *
 * @param auth for REST and gRPC alike
 * @param templatePaths files and folders whose templates are registered at start
 * @param shutdownTimeout what a graceful stop may take
 */
public record ServerConfig(
        Environment environment,
        DatabaseConfig database,
        EngineConfig engine,
        WebConfig web,
        GrpcConfig grpc,
        AuthConfig auth,
        OperationsConfig operations,
        TelemetryConfig telemetry,
        List<Path> templatePaths,
        Duration shutdownTimeout) {

    public ServerConfig {
        templatePaths = List.copyOf(templatePaths);
    }

    /** The built-in defaults of an environment, regardless of any file and variable. */
    public static ServerConfig defaults(Environment environment) {
        return ConfigLoader.defaults(environment);
    }

    public ServerConfig withDatabase(DatabaseConfig newDatabase) {
        return new ServerConfig(
                environment,
                newDatabase,
                engine,
                web,
                grpc,
                auth,
                operations,
                telemetry,
                templatePaths,
                shutdownTimeout);
    }

    /** This configuration with an embedded PostgreSQL in a folder. */
    public ServerConfig withEmbeddedDatabase(Path dataDirectory, boolean keepData) {
        return withDatabase(new DatabaseConfig(null, null, database.pool(), dataDirectory, keepData));
    }

    public ServerConfig withEngine(EngineConfig newEngine) {
        return new ServerConfig(
                environment,
                database,
                newEngine,
                web,
                grpc,
                auth,
                operations,
                telemetry,
                templatePaths,
                shutdownTimeout);
    }

    public ServerConfig withAddresses(BindAddress rest, BindAddress grpcAddress) {
        return new ServerConfig(
                environment,
                database,
                engine,
                new WebConfig(web.enabled(), rest, web.requestTimeout(), web.tls()),
                grpc.withAddress(grpcAddress),
                auth,
                operations,
                telemetry,
                templatePaths,
                shutdownTimeout);
    }

    public ServerConfig withRequestTimeout(Duration timeout) {
        WebConfig newWeb = new WebConfig(web.enabled(), web.bindAddress(), timeout, web.tls());
        return new ServerConfig(
                environment,
                database,
                engine,
                newWeb,
                grpc,
                auth,
                operations,
                telemetry,
                templatePaths,
                shutdownTimeout);
    }

    public ServerConfig withAuth(AuthConfig newAuth) {
        return new ServerConfig(
                environment,
                database,
                engine,
                web,
                grpc,
                newAuth,
                operations,
                telemetry,
                templatePaths,
                shutdownTimeout);
    }

    public ServerConfig withOperations(OperationsConfig newOperations) {
        return new ServerConfig(
                environment,
                database,
                engine,
                web,
                grpc,
                auth,
                newOperations,
                telemetry,
                templatePaths,
                shutdownTimeout);
    }

    public ServerConfig withTelemetry(TelemetryConfig newTelemetry) {
        return new ServerConfig(
                environment,
                database,
                engine,
                web,
                grpc,
                auth,
                operations,
                newTelemetry,
                templatePaths,
                shutdownTimeout);
    }

    /** This configuration with TLS at both listeners, null: without. */
    public ServerConfig withTls(@Nullable TlsConfig tls) {
        WebConfig newWeb = new WebConfig(web.enabled(), web.bindAddress(), web.requestTimeout(), tls);
        GrpcConfig newGrpc = grpc.withTls(tls);
        return new ServerConfig(
                environment,
                database,
                engine,
                newWeb,
                newGrpc,
                auth,
                operations,
                telemetry,
                templatePaths,
                shutdownTimeout);
    }

    public ServerConfig withTemplatePaths(List<Path> paths) {
        return new ServerConfig(
                environment, database, engine, web, grpc, auth, operations, telemetry, paths, shutdownTimeout);
    }
}
