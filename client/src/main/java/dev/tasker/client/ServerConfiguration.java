package dev.tasker.client;

import java.time.Instant;
import java.util.List;

/** What a server may tell of its configuration (03 §1.10); never a secret. */
public record ServerConfiguration(
        Metadata metadata,
        Auth auth,
        Breakers circuitBreakers,
        Pools databasePools,
        String deploymentMode,
        Messaging messaging) {

    /** When it was told, and by whom. */
    public record Metadata(Instant timestamp, String environment, String version) {}

    /** Who may call. */
    public record Auth(
            boolean enabled,
            String verificationMethod,
            String jwtIssuer,
            String jwtAudience,
            String apiKeyHeader,
            long apiKeyCount,
            boolean strictValidation,
            List<String> allowedAlgorithms) {}

    /** When the database is spared. */
    public record Breakers(boolean enabled, int failureThreshold, int timeoutSeconds, int successThreshold) {}

    /** Connections to the database. */
    public record Pools(int webApiPoolSize, int webApiMaxConnections) {}

    /** How work is handed out. */
    public record Messaging(String backend, List<String> queues) {}
}
