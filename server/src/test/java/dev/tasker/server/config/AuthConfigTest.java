package dev.tasker.server.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The keys of authentication and TLS. */
class AuthConfigTest {
    private static final String SECTION = "orchestration.web.auth";

    @TempDir
    Path folder;

    @Test
    void nobodyIsAskedByDefault() throws IOException {
        AuthConfig auth = load("").auth();

        assertThat(auth).isEqualTo(AuthConfig.DISABLED);
        assertThat(auth.enabled()).isFalse();
        assertThat(auth.strictValidation()).isTrue();
        assertThat(auth.logUnknownPermissions()).isTrue();
        assertThat(auth.allowDegraded()).isFalse();
        assertThat(auth.workerCallsPerSecond()).isEqualTo(10_000);
        assertThat(auth.jwt().issuer()).isEqualTo("tasker-core");
        assertThat(auth.jwt().audience()).isEqualTo("tasker-api");
        assertThat(auth.jwt().algorithms()).containsExactly("RS256");
        assertThat(auth.jwt().permissionsClaim()).isEqualTo("permissions");
        assertThat(auth.apiKeys().header()).isEqualTo("X-API-Key");
    }

    @Test
    void everyKeyIsRead() throws IOException {
        AuthConfig auth = load("""
            [orchestration.web.auth]
            enabled = true
            allow_degraded_auth = true
            strict_validation = false
            log_unknown_permissions = false
            jwt_issuer = "https://idp.example.com/"
            jwt_audience = "tasker"
            jwt_token_expiry_hours = 168
            jwt_verification_method = "jwks"
            jwks_url = "http://idp.example.com/keys"
            jwks_url_allow_http = true
            jwks_refresh_interval_seconds = 60
            jwks_max_stale_seconds = 30
            jwt_allowed_algorithms = ["ES256", "PS512"]
            permissions_claim = "realm_access.roles"
            worker_calls_per_second = 7
            api_key_header = "X-Key"
            api_keys_enabled = true
            [[orchestration.web.auth.api_keys]]
            key = "one"
            permissions = ["tasks:*"]
            description = "ci"
            [[orchestration.web.auth.api_keys]]
            key_sha256 = "2C26B46B68FFC68FF99B453C1D30413413422D706483BFA0F98A5E886266E7AE"
            permissions = ["worker:connect"]
            namespaces = ["shop", "mail"]
            expires_at = 2027-01-31T00:00:00Z
            [[orchestration.web.auth.api_keys]]
            key = "three"
            expires_at = "2027-01-31T01:00:00+01:00"
            """).auth();

        assertThat(auth.enabled()).isTrue();
        assertThat(auth.allowDegraded()).isTrue();
        assertThat(auth.strictValidation()).isFalse();
        assertThat(auth.logUnknownPermissions()).isFalse();
        assertThat(auth.workerCallsPerSecond()).isEqualTo(7);
        assertThat(auth.jwt())
                .isEqualTo(new JwtConfig(
                        "https://idp.example.com/",
                        "tasker",
                        List.of("ES256", "PS512"),
                        "realm_access.roles",
                        new JwtConfig.KeySet(
                                URI.create("http://idp.example.com/keys"),
                                Duration.ofSeconds(60),
                                Duration.ofSeconds(30),
                                true)));
        assertThat(auth.apiKeys())
                .isEqualTo(new ApiKeyConfig(
                        "X-Key",
                        List.of(
                                new ApiKeyConfig.Key(
                                        ApiKeyConfig.sha256("one"), false, List.of("tasks:*"), List.of(), "ci", null),
                                new ApiKeyConfig.Key(
                                        ApiKeyConfig.sha256("foo"),
                                        false,
                                        List.of("worker:connect"),
                                        List.of("shop", "mail"),
                                        "api-key-2",
                                        Instant.parse("2027-01-31T00:00:00Z")),
                                new ApiKeyConfig.Key(
                                        ApiKeyConfig.sha256("three"),
                                        false,
                                        List.of(),
                                        List.of(),
                                        "api-key-3",
                                        Instant.parse("2027-01-31T00:00:00Z")))));
    }

    @Test
    void fileOfThePublicKeyGoesBeforeTheInlineOne() throws IOException {
        String inline = "[" + SECTION + "]\njwt_public_key = \"-----BEGIN PUBLIC KEY-----\"\n";

        assertThat(load(inline).auth().jwt().keys()).isEqualTo(new JwtConfig.InlineKey("-----BEGIN PUBLIC KEY-----"));
        assertThat(load(inline + "jwt_public_key_path = \"/k.pem\"\n")
                        .auth()
                        .jwt()
                        .keys())
                .isEqualTo(new JwtConfig.KeyFile(Path.of("/k.pem")));
        assertThat(ConfigLoader.load(null, Map.of("TASKER_JWT_PUBLIC_KEY", "-----BEGIN RSA PUBLIC KEY-----"))
                        .auth()
                        .jwt()
                        .keys())
                .isEqualTo(new JwtConfig.InlineKey("-----BEGIN RSA PUBLIC KEY-----"));
        assertThat(ConfigLoader.load(null, Map.of("TASKER_JWT_PUBLIC_KEY_PATH", "/v.pem"))
                        .auth()
                        .jwt()
                        .keys())
                .isEqualTo(new JwtConfig.KeyFile(Path.of("/v.pem")));
    }

    @Test
    void listedKeysCountOnlyWhenSwitchedOnAndTheLegacyOneAlways() throws IOException {
        ApiKeyConfig keys = load("""
            [orchestration.web.auth]
            api_key = "old"
            [[orchestration.web.auth.api_keys]]
            key = "listed"
            """).auth().apiKeys();

        assertThat(keys.keys())
                .containsExactly(new ApiKeyConfig.Key(
                        ApiKeyConfig.sha256("old"), true, List.of(), List.of(), "legacy-api-key", null));
    }

    @Test
    void secretsAreNeitherKeptNorShown() throws IOException {
        ServerConfig config = load("""
            [orchestration.web.auth]
            api_key = "hunter2-old"
            api_keys_enabled = true
            jwt_private_key = "hunter2-private"
            [[orchestration.web.auth.api_keys]]
            key = "hunter2-listed"
            """);

        assertThat(config.toString()).doesNotContain("hunter2").doesNotContain(ApiKeyConfig.sha256("hunter2-listed"));
        assertThatThrownBy(() -> load("""
            [orchestration.web.auth]
            api_key = 5550
            api_keys = ["hunter2"]
            jwt_private_key = 5551
            """))
                .hasMessageContaining(SECTION + ".api_key: *** (expected: a text)")
                .hasMessageContaining(SECTION + ".api_keys: *** (expected: tables, each headed [[" + SECTION)
                .hasMessageNotContaining("hunter2")
                .hasMessageNotContaining("555");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
        jwt_verification_method = "hs256" | jwt_verification_method: "hs256" (expected: public_key or jwks)
        jwt_allowed_algorithms = ["HS256"] | jwt_allowed_algorithms: [HS256] (expected: a list of [ES256
        jwt_allowed_algorithms = [] | jwt_allowed_algorithms: [] (expected: a list of
        jwt_token_expiry_hours = 169 | jwt_token_expiry_hours: 169 (expected: an integer from 1 to 168)
        jwks_url = "http://idp/keys" | jwks_url: "http://idp/keys" (expected: https://host/
        jwks_url = "not a url" | jwks_url: "not a url" (expected: https://host/
        jwks_url = "https:keys" | jwks_url: "https:keys" (expected: https://host/
        jwt_issuer = "" | jwt_issuer: "" (expected: a text that is not empty)
        jwt_audience = 1 | jwt_audience: 1 (expected: a text that is not empty)
        api_key_header = "a b" | api_key_header: "a b" (expected: the name of a header
        api_key_header = "authorization" | api_key_header: "authorization" (expected: the name of a header
        permissions_claim = 7 | permissions_claim: 7 (expected: a text
        jwks_refresh_interval_seconds = 0 | jwks_refresh_interval_seconds: 0 (expected: an integer from 1
        jwks_max_stale_seconds = -1 | jwks_max_stale_seconds: -1 (expected: an integer from 0
        strict_validation = 1 | strict_validation: 1 (expected: true or false)
        api_key_heder = "X" | api_key_heder: unknown key (nearest known: orchestration.web.auth.api_key_header)
        """)
    void valuesThatDoNotFitAreRefused(String line, String complaint) {
        assertThatThrownBy(() -> load("[" + SECTION + "]\n" + line + "\n"))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining(SECTION + "." + complaint);
    }

    @Test
    void jwksNeedsAnAddressOnceAuthenticationIsOn() throws IOException {
        String method = "[" + SECTION + "]\njwt_verification_method = \"jwks\"\n";

        assertThat(load(method).auth().jwt().keys()).isEqualTo(new JwtConfig.NoKey());
        assertThatThrownBy(() -> load(method + "enabled = true\n"))
                .hasMessageContaining("jwt_verification_method: \"jwks\" (expected: jwks_url beside it)");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
        description = "none" | .key: *** (expected: either key or key_sha256
        key = "hunter2"; key_sha256 = "2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae" | .key: *** (expected: either
        key_sha256 = "2c26" | .key_sha256: *** (expected: 64 hexadecimal digits
        key = "hunter2"; expires_at = "soon" | .expires_at: "soon" (expected: a time with its zone
        key = "hunter2"; expires_at = 2027-01-31 | .expires_at: 2027-01-31 (expected: a time with its zone
        key = "hunter2"; permissions = "tasks:*" | .permissions: "tasks:*" (expected: a list of texts)
        key = "hunter2"; namespaces = [1] | .namespaces: [1] (expected: a list of texts)
        key = "hunter2"; permission = ["x"] | .permission: unknown key (nearest known: orchestration.web.auth.api_keys[].permissions)
        """)
    void apiKeysThatDoNotFitAreRefused(String lines, String complaint) {
        assertThatThrownBy(() -> load("[[" + SECTION + ".api_keys]]\n" + lines.replace("; ", "\n") + "\n"))
                .hasMessageContaining(SECTION + ".api_keys[0]" + complaint)
                .hasMessageNotContaining("hunter2");
    }

    @ParameterizedTest
    @ValueSource(strings = {"orchestration.web", "orchestration.grpc"})
    void tlsIsReadForEachListener(String section) throws IOException {
        ServerConfig config = load("[" + section + "]\ntls_enabled = true\ntls_cert_path = \"/c.pem\"\n"
                + "tls_key_path = \"/k.pem\"\ntls_client_ca_path = \"/ca.pem\"\n");

        TlsConfig tls =
                section.endsWith("web") ? config.web().tls() : config.grpc().tls();
        assertThat(tls).isEqualTo(new TlsConfig(Path.of("/c.pem"), Path.of("/k.pem"), Path.of("/ca.pem")));
        assertThat(section.endsWith("web") ? config.grpc().tls() : config.web().tls())
                .isNull();
        assertThat(load("[" + section + "]\ntls_cert_path = \"/c.pem\"\n").web().tls())
                .isNull();
        assertThatThrownBy(() -> load("[" + section + "]\ntls_enabled = true\ntls_cert_path = \"/c.pem\"\n"))
                .hasMessageContaining(section + ".tls_enabled: true (expected: tls_cert_path and tls_key_path");
    }

    @Test
    void addressesBeyondThisMachineMayBeUsedWithAuthentication() throws IOException {
        assertThat(load("[orchestration.web]\nbind_address = \"0.0.0.0:8080\"\nauth.enabled = true\n")
                        .web()
                        .bindAddress()
                        .host())
                .isEqualTo("0.0.0.0");
    }

    private ServerConfig load(String toml) throws IOException {
        return ConfigLoader.load(Files.writeString(folder.resolve("tasker.toml"), toml), Map.of());
    }
}
