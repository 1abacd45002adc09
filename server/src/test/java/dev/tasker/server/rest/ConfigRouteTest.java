package dev.tasker.server.rest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tasker.server.config.ApiConfig;
import dev.tasker.server.config.ApiKeyConfig;
import dev.tasker.server.config.AuthConfig;
import dev.tasker.server.config.BackpressureConfig;
import dev.tasker.server.config.BreakerConfig;
import dev.tasker.server.config.DeploymentMode;
import dev.tasker.server.config.JwtConfig;
import dev.tasker.server.config.OperationsConfig;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

class ConfigRouteTest {
    private static final ServerIdentity IDENTITY = new ServerIdentity("0.1.8", "staging");
    private static final Instant NOW = Instant.parse("2026-03-14T09:26:58.589793Z");

    @Test
    void answerIsTheSample() throws IOException {
        JsonNode vector = Vectors.read("OrchestrationConfigResponse.json");

        JsonNode answer = Vectors.JSON.readTree(new String(document(keySet()), StandardCharsets.UTF_8));

        assertThat(answer.toPrettyString()).isEqualTo(vector.toPrettyString());
    }

    @ParameterizedTest
    @CsvSource({"none, none", "file, public_key", "inline, public_key", "set, jwks"})
    void verificationMethodIsWhatTokensAreVerifiedWith(String keys, String method) {
        JwtConfig.Keys configured = switch (keys) {
            case "file" -> new JwtConfig.KeyFile(Path.of("key.pem"));
            case "inline" -> new JwtConfig.InlineKey("secret pem");
            case "set" -> keySet();
            default -> new JwtConfig.NoKey();
        };

        assertThat(new String(document(configured), StandardCharsets.UTF_8))
                .contains("\"verification_method\":\"" + method + "\"")
                .doesNotContain("secret", "key.pem");
    }

    @Test
    void switchedOffThereIsNoSuchRoute() {
        assertThat(new ConfigRoute(AuthConfig.DISABLED, operations(false), IDENTITY, () -> NOW).routes())
                .isEmpty();
        assertThat(new ConfigRoute(AuthConfig.DISABLED, operations(true), IDENTITY, () -> NOW).routes())
                .hasSize(1);
    }

    private static byte[] document(JwtConfig.Keys keys) {
        ApiKeyConfig.Key key = new ApiKeyConfig.Key("0".repeat(64), false, List.of(), List.of(), "secret", null);
        AuthConfig auth = new AuthConfig(
                true,
                false,
                true,
                true,
                new JwtConfig("https://idp.example.org/", "tasker-api", List.of("RS256", "ES256"), "permissions", keys),
                new ApiKeyConfig("X-API-Key", List.of(key, key)));
        return new ConfigRoute(auth, operations(true), IDENTITY, () -> NOW).document();
    }

    private static JwtConfig.KeySet keySet() {
        return new JwtConfig.KeySet(URI.create("https://idp/keys"), Duration.ofHours(1), Duration.ofHours(1), false);
    }

    private static OperationsConfig operations(boolean endpoint) {
        return new OperationsConfig(
                DeploymentMode.HYBRID,
                new ApiConfig(
                        endpoint,
                        20,
                        30,
                        List.of(
                                "orchestration_task_requests",
                                "orchestration_task_finalizations",
                                "orchestration_step_results")),
                new BreakerConfig(5, Duration.ofSeconds(30), 2, Duration.ofSeconds(5)),
                new BackpressureConfig(5_000, 10_000));
    }
}
