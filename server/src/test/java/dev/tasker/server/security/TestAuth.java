package dev.tasker.server.security;

import dev.tasker.server.config.ApiKeyConfig;
import dev.tasker.server.config.AuthConfig;
import dev.tasker.server.config.JwtConfig;
import java.util.Arrays;
import java.util.List;

/** Authentication by {@link TestKeys#RSA}, and by API keys. */
public final class TestAuth {
    private TestAuth() {}

    public static AuthConfig config(ApiKeyConfig.Key... keys) {
        return new AuthConfig(
                true,
                false,
                true,
                true,
                new JwtConfig(
                        "tasker-core",
                        "tasker-api",
                        List.of("RS256"),
                        "permissions",
                        new JwtConfig.InlineKey(TestKeys.spki(TestKeys.RSA))),
                new ApiKeyConfig("X-API-Key", List.of(keys)));
    }

    /** A key that grants what the words say, for the namespaces {@code shop} and {@code mail}. */
    public static ApiKeyConfig.Key key(String key, String... permissions) {
        return new ApiKeyConfig.Key(
                ApiKeyConfig.sha256(key), false, List.of(permissions), List.of("shop", "mail"), "key " + key, null);
    }

    /** The words for everything but one permission. */
    public static String[] allBut(Permission permission) {
        return Arrays.stream(Permission.values())
                .filter(other -> other != permission)
                .map(Permission::text)
                .toArray(String[]::new);
    }
}
