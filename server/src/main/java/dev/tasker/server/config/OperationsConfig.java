package dev.tasker.server.config;

/** How a node shows and protects itself. */
public record OperationsConfig(
        DeploymentMode mode, ApiConfig api, BreakerConfig breaker, BackpressureConfig backpressure) {

    static OperationsConfig from(Settings settings, DeploymentMode mode) {
        return new OperationsConfig(
                mode, ApiConfig.from(settings), BreakerConfig.from(settings), BackpressureConfig.from(settings));
    }
}
