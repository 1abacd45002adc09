package dev.tasker.server.config;

import java.util.List;

/**
 * Who may do what ({@code [orchestration.web.auth]}, 03 §3.2); one for REST and gRPC.
 *
 * @param enabled off: everybody may do everything
 * @param allowDegraded start although no credential can be verified
 * @param strictValidation a permission nobody knows makes its credential worthless; otherwise it counts for nothing
 * @param logUnknownPermissions warn of each such permission
 */
public record AuthConfig(
        boolean enabled,
        boolean allowDegraded,
        boolean strictValidation,
        boolean logUnknownPermissions,
        JwtConfig jwt,
        ApiKeyConfig apiKeys) {

    /** Authentication switched off. */
    public static final AuthConfig DISABLED = new AuthConfig(
            false,
            false,
            true,
            true,
            new JwtConfig("tasker-core", "tasker-api", List.of("RS256"), "permissions", new JwtConfig.NoKey()),
            new ApiKeyConfig("X-API-Key", List.of()));

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
}
