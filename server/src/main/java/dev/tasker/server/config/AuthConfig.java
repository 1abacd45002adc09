package dev.tasker.server.config;

import java.util.List;

/**
 * Who may do what ({@code [orchestration.web.auth]}, 03 §3.2); one for REST and gRPC.
 *
 * @param enabled off: everybody may do everything
 * @param allowDegraded start although no credential can be verified
 * @param strictValidation a permission nobody knows makes its credential worthless; otherwise it counts for nothing
 * @param logUnknownPermissions warn of each such permission
 * @param workerCallsPerSecond what the workers of one identity may ask of one server; 0: as much as they like
 */
public record AuthConfig(
        boolean enabled,
        boolean allowDegraded,
        boolean strictValidation,
        boolean logUnknownPermissions,
        JwtConfig jwt,
        ApiKeyConfig apiKeys,
        int workerCallsPerSecond) {
    private static final int WORKER_CALLS_PER_SECOND = 10_000;
    private static final int WORKER_CALLS_PER_SECOND_MAX = 1_000_000;

    /** Authentication switched off. */
    public static final AuthConfig DISABLED = new AuthConfig(
            false,
            false,
            true,
            true,
            new JwtConfig("tasker-core", "tasker-api", List.of("RS256"), "permissions", new JwtConfig.NoKey()),
            new ApiKeyConfig("X-API-Key", List.of()));

    /** One that asks of workers what is usual. */
    public AuthConfig(
            boolean enabled,
            boolean allowDegraded,
            boolean strictValidation,
            boolean logUnknownPermissions,
            JwtConfig jwt,
            ApiKeyConfig apiKeys) {
        this(enabled, allowDegraded, strictValidation, logUnknownPermissions, jwt, apiKeys, WORKER_CALLS_PER_SECOND);
    }

    /** The keys of a section, which are the same for every kind of process; issuer and audience default differently. */
    static AuthConfig from(Settings settings, String section, String issuer, String audience) {
        boolean enabled = settings.flag(section + ".enabled", DISABLED.enabled);
        return new AuthConfig(
                enabled,
                settings.flag(section + ".allow_degraded_auth", DISABLED.allowDegraded),
                settings.flag(section + ".strict_validation", DISABLED.strictValidation),
                settings.flag(section + ".log_unknown_permissions", DISABLED.logUnknownPermissions),
                JwtConfig.from(settings, section, enabled, issuer, audience),
                ApiKeyConfig.from(settings, section));
    }

    /** This one with what else {@code section} says of workers that come to this process. */
    AuthConfig withWorkerLimits(Settings settings, String section) {
        return withWorkerCallsPerSecond(settings.integer(
                section + ".worker_calls_per_second",
                Defaults.of(WORKER_CALLS_PER_SECOND),
                0,
                WORKER_CALLS_PER_SECOND_MAX));
    }

    public AuthConfig withWorkerCallsPerSecond(int calls) {
        return new AuthConfig(enabled, allowDegraded, strictValidation, logUnknownPermissions, jwt, apiKeys, calls);
    }
}
