package dev.tasker.server.grpc;

import com.tasker.v1.ConfigMetadata;
import com.tasker.v1.SafeAuthConfig;
import dev.tasker.server.config.AuthConfig;
import java.time.Instant;

/** Parts that the configurations of servers and workers have alike (03 §1.10, §2.3), without secrets. */
public final class ConfigMessages {
    private ConfigMessages() {}

    public static ConfigMetadata metadata(Instant now, String environment, String version) {
        return ConfigMetadata.newBuilder()
                .setTimestamp(Fields.time(now))
                .setEnvironment(environment)
                .setVersion(version)
                .build();
    }

    public static SafeAuthConfig auth(AuthConfig auth) {
        return SafeAuthConfig.newBuilder()
                .setEnabled(auth.enabled())
                .setVerificationMethod(auth.jwt().verificationMethod())
                .setJwtIssuer(auth.jwt().issuer())
                .setJwtAudience(auth.jwt().audience())
                .setApiKeyHeader(auth.apiKeys().header())
                .setApiKeyCount(auth.apiKeys().keys().size())
                .setStrictValidation(auth.strictValidation())
                .addAllAllowedAlgorithms(auth.jwt().algorithms())
                .build();
    }
}
