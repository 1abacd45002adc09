package dev.tasker.server.api;

import dev.tasker.server.config.ServerConfig;
import dev.tasker.server.health.NodeHealth;
import dev.tasker.server.health.ServerIdentity;
import dev.tasker.server.telemetry.Tracing;
import java.time.InstantSource;

/**
 * What REST and gRPC are served from: the same for both, so that they answer alike (03 §5).
 *
 * @param identity how the server names itself
 * @param clock of answers that tell a time
 * @param tracing where spans of requests go
 */
public record ApiContext(
        ServerConfig config,
        Operations operations,
        NodeHealth health,
        ServerIdentity identity,
        InstantSource clock,
        Tracing tracing) {}
