package dev.tasker.workerprocess;

import dev.tasker.server.config.AuthConfig;
import dev.tasker.server.config.JwtConfig;
import java.time.InstantSource;

/**
 * What the worker tells of its configuration, over whatever protocol it is asked (03 §1.13).
 *
 * @param auth as it counts: switched off, it knows no tokens
 * @param clock dates the answers
 */
record ShownConfig(AuthConfig auth, WorkerIdentity identity, InstantSource clock) {
    /** The word for dispatch by the server itself (02 §4.2). */
    static final String BACKEND = "pgmq";

    ShownConfig {
        auth = auth.enabled() ? auth : withoutTokens(auth);
    }

    private static AuthConfig withoutTokens(AuthConfig auth) {
        JwtConfig jwt = auth.jwt();
        return new AuthConfig(
                false,
                auth.allowDegraded(),
                auth.strictValidation(),
                auth.logUnknownPermissions(),
                new JwtConfig("", "", jwt.algorithms(), jwt.permissionsClaim(), new JwtConfig.NoKey()),
                auth.apiKeys());
    }
}
