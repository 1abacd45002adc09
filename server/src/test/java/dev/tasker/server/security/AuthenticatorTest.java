package dev.tasker.server.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSObject;
import com.nimbusds.jose.Payload;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.PlainJWT;
import dev.tasker.server.config.ApiKeyConfig;
import dev.tasker.server.config.AuthConfig;
import dev.tasker.server.config.ConfigException;
import dev.tasker.server.config.JwtConfig;
import dev.tasker.server.security.Admission.Granted;
import dev.tasker.server.security.Admission.Reason;
import dev.tasker.server.security.Admission.Refused;
import dev.tasker.server.security.Credential.ApiKey;
import dev.tasker.server.security.Credential.Bearer;
import java.io.IOException;
import java.math.BigInteger;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.interfaces.RSAPublicKey;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tokens and API keys that count, and those that do not. */
class AuthenticatorTest {
    private static final Refused BAD_TOKEN = new Refused(Reason.INVALID, "Invalid or expired token");
    private static final Refused BAD_KEY = new Refused(Reason.INVALID, "Invalid API key");
    private static final JwtConfig.Keys SPKI = new JwtConfig.InlineKey(TestKeys.spki(TestKeys.RSA));

    // --- tokens

    @Test
    void tokenMakesAPrincipal() {
        Map<String, Object> claims = TestKeys.claims("tasks:*", "worker:connect");
        claims.put("worker_namespaces", List.of("shop", "mail"));
        claims.put("exp", 1_999_999_999);

        Principal principal = granted(authenticator(SPKI), new Bearer(TestKeys.token(claims)));

        assertThat(principal.subject()).isEqualTo("tester");
        assertThat(principal.may(Permission.TASKS_CANCEL)).isTrue();
        assertThat(principal.may(Permission.WORKER_CONNECT)).isTrue();
        assertThat(principal.may(Permission.WORKER_READ)).isFalse();
        assertThat(principal.namespaces()).isEqualTo(new Namespaces(false, Set.of("shop", "mail")));
        assertThat(principal.expiresAt()).isEqualTo(Instant.ofEpochSecond(1_999_999_999));
    }

    @Test
    void permissionsAndNamespacesMayBeMissing() {
        Map<String, Object> claims = TestKeys.claims();
        claims.remove("permissions");

        Authenticator authenticator = authenticator(SPKI);

        assertThat(admit(authenticator, new Bearer(TestKeys.token(claims))))
                .isEqualTo(new Refused(Reason.FORBIDDEN, "Missing required permission: tasks:read"));
    }

    static Stream<Arguments> algorithms() {
        return Stream.of(
                Arguments.of("RS256", TestKeys.RSA),
                Arguments.of("RS384", TestKeys.RSA),
                Arguments.of("RS512", TestKeys.RSA),
                Arguments.of("PS256", TestKeys.RSA),
                Arguments.of("PS384", TestKeys.RSA),
                Arguments.of("PS512", TestKeys.RSA),
                Arguments.of("ES256", TestKeys.P256),
                Arguments.of("ES384", TestKeys.P384));
    }

    @ParameterizedTest
    @MethodSource("algorithms")
    void allowedAlgorithmsAreVerifiedAndOthersRefused(String algorithm, KeyPair keys) {
        JwtConfig.Keys key = new JwtConfig.InlineKey(TestKeys.spki(keys));
        String token = TestKeys.token(algorithm, keys.getPrivate(), null, TestKeys.claims("tasks:read"));

        assertThat(admit(authenticator(key, algorithm), new Bearer(token))).isInstanceOf(Granted.class);
        String[] others = algorithms()
                .map(row -> (String) row.get()[0])
                .filter(other -> !other.equals(algorithm))
                .toArray(String[]::new);
        Authenticator strict = Authenticator.open(
                config(key, List.of(others), true, new ApiKeyConfig("X-API-Key", List.of(key("k", "tasks:read")))),
                InstantSource.system());
        assertThat(admit(strict, new Bearer(token))).isEqualTo(BAD_TOKEN);
    }

    @Test
    void publicKeyMayBeInTheFormOfPkcs1AndInAFile(@TempDir Path folder) throws IOException {
        String pkcs1 = TestKeys.pem("RSA PUBLIC KEY", pkcs1((RSAPublicKey) TestKeys.RSA.getPublic()));
        Path file = Files.writeString(folder.resolve("jwt.pem"), "a comment\n" + pkcs1);
        Bearer token = new Bearer(TestKeys.token(TestKeys.claims("tasks:read")));

        assertThat(admit(authenticator(new JwtConfig.InlineKey(pkcs1)), token)).isInstanceOf(Granted.class);
        assertThat(admit(authenticator(new JwtConfig.KeyFile(file)), token)).isInstanceOf(Granted.class);
    }

    /** SEQUENCE of modulus and exponent: all there is in PKCS#1. */
    private static byte[] pkcs1(RSAPublicKey key) {
        byte[] numbers = join(integer(key.getModulus()), integer(key.getPublicExponent()));
        return join(new byte[] {0x30, (byte) 0x82, (byte) (numbers.length >> 8), (byte) numbers.length}, numbers);
    }

    private static byte[] integer(BigInteger number) {
        byte[] bytes = number.toByteArray();
        return bytes.length < 0x80
                ? join(new byte[] {2, (byte) bytes.length}, bytes)
                : join(new byte[] {2, (byte) 0x82, (byte) (bytes.length >> 8), (byte) bytes.length}, bytes);
    }

    private static byte[] join(byte[] head, byte[] tail) {
        byte[] joined = new byte[head.length + tail.length];
        System.arraycopy(head, 0, joined, 0, head.length);
        System.arraycopy(tail, 0, joined, head.length, tail.length);
        return joined;
    }

    static Stream<Arguments> claimsThatDoNotCount() {
        long now = Instant.now().getEpochSecond();
        return Stream.of(
                Arguments.of("sub", null),
                Arguments.of("sub", 7),
                Arguments.of("iss", null),
                Arguments.of("iss", "somebody"),
                Arguments.of("aud", null),
                Arguments.of("aud", "worker-api"),
                Arguments.of("aud", List.of("a", "b")),
                Arguments.of("exp", null),
                Arguments.of("exp", now - 61),
                Arguments.of("exp", String.valueOf(now + 100)),
                Arguments.of("exp", 1e300),
                Arguments.of("exp", -5),
                Arguments.of("iat", null),
                Arguments.of("iat", "now"),
                Arguments.of("nbf", now + 120),
                Arguments.of("nbf", "soon"),
                Arguments.of("permissions", List.of("tasks:read", "tasks:fly")),
                Arguments.of("permissions", List.of("*")),
                Arguments.of("permissions", List.of("tasks:read", 1)),
                Arguments.of("permissions", Map.of("tasks:read", true)),
                Arguments.of("worker_namespaces", 7));
    }

    @ParameterizedTest
    @MethodSource("claimsThatDoNotCount")
    void tokenWithAWrongClaimIsWorthNothing(String name, @Nullable Object value) {
        Map<String, Object> claims = TestKeys.claims("tasks:read");
        claims.put(name, value);

        assertThat(admit(authenticator(SPKI), new Bearer(TestKeys.token(claims))))
                .isEqualTo(BAD_TOKEN);
    }

    static Stream<Arguments> claimsThatCount() {
        long now = Instant.now().getEpochSecond();
        return Stream.of(
                Arguments.of("aud", List.of("other", "tasker-api")),
                Arguments.of("exp", now - 50),
                Arguments.of("exp", now + 100.5),
                Arguments.of("nbf", now + 50),
                Arguments.of("permissions", "tasks:read steps:read"),
                Arguments.of("worker_namespaces", "shop mail"));
    }

    @ParameterizedTest
    @MethodSource("claimsThatCount")
    void clocksMayBeAMinuteApartAndListsMayBeTexts(String name, Object value) {
        Map<String, Object> claims = TestKeys.claims("tasks:read");
        claims.put(name, value);

        assertThat(admit(authenticator(SPKI), new Bearer(TestKeys.token(claims))))
                .isInstanceOf(Granted.class);
    }

    @Test
    void forgedTokensAreWorthNothing() throws Exception {
        Authenticator authenticator = authenticator(SPKI);
        Map<String, Object> claims = TestKeys.claims("tasks:read");
        String good = TestKeys.token(claims);
        String[] parts = good.split("\\.", -1);
        String otherPayload = Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString("{\"sub\":\"root\"}".getBytes(StandardCharsets.UTF_8));
        JWSObject hmac = new JWSObject(new JWSHeader(JWSAlgorithm.HS256), new Payload(claims));
        hmac.sign(new MACSigner(TestKeys.spki(TestKeys.RSA))); // the public key taken for a shared secret
        JWSHeader critical = new JWSHeader.Builder(JWSAlgorithm.RS256)
                .criticalParams(Set.of("exp"))
                .customParam("exp", 1)
                .build();

        for (String token : List.of(
                TestKeys.token("RS256", TestKeys.OTHER_RSA.getPrivate(), null, claims),
                new PlainJWT(JWTClaimsSet.parse(claims)).serialize(),
                hmac.serialize(),
                TestKeys.token(critical, TestKeys.RSA.getPrivate(), claims),
                parts[0] + "." + otherPayload + "." + parts[2],
                parts[0] + "." + parts[1] + ".",
                good + "x",
                "a.b.c",
                "")) {
            assertThat(admit(authenticator, new Bearer(token))).as(token).isEqualTo(BAD_TOKEN);
        }
        assertThat(admit(authenticator, new Bearer(good))).isInstanceOf(Granted.class);
    }

    @Test
    void payloadThatIsNoObjectIsWorthNothing() throws Exception {
        JWSObject token = new JWSObject(new JWSHeader(JWSAlgorithm.RS256), new Payload("[1]"));
        token.sign(new com.nimbusds.jose.crypto.RSASSASigner(TestKeys.RSA.getPrivate()));

        assertThat(admit(authenticator(SPKI), new Bearer(token.serialize()))).isEqualTo(BAD_TOKEN);
    }

    @ParameterizedTest
    @ValueSource(strings = {"scope", "realm_access.roles", "https://tasker.example.com/permissions"})
    void permissionsMayStandInAnotherClaim(String name) {
        Map<String, Object> claims = TestKeys.claims("dlq:read");
        claims.put("scope", "tasks:read");
        claims.put("realm_access", Map.of("roles", List.of("tasks:read")));
        claims.put("https://tasker.example.com/permissions", List.of("tasks:read"));
        AuthConfig config = config(SPKI, List.of("RS256"), true, new ApiKeyConfig("X-API-Key", List.of()));
        JwtConfig jwt = config.jwt();
        AuthConfig named = new AuthConfig(
                true,
                false,
                true,
                true,
                new JwtConfig(jwt.issuer(), jwt.audience(), jwt.algorithms(), name, jwt.keys()),
                config.apiKeys());

        Principal principal =
                granted(Authenticator.open(named, InstantSource.system()), new Bearer(TestKeys.token(claims)));

        assertThat(principal.permissions()).containsExactly(Permission.TASKS_READ);
    }

    @Test
    void unknownPermissionsAreIgnoredWhenValidationIsLenient() {
        AuthConfig config = config(
                SPKI, List.of("RS256"), false, new ApiKeyConfig("X-API-Key", List.of(key("k", "*", "tasks:read"))));
        Authenticator authenticator = Authenticator.open(config, InstantSource.system());

        assertThat(granted(authenticator, new Bearer(TestKeys.token(TestKeys.claims("openid", "tasks:read"))))
                        .permissions())
                .containsExactly(Permission.TASKS_READ);
        assertThat(granted(authenticator, new ApiKey("k")).permissions()).containsExactly(Permission.TASKS_READ);
    }

    // --- API keys

    @Test
    void apiKeysAreKnownByTheirDigests() {
        HandClock clock = new HandClock();
        Instant end = clock.instant().plusSeconds(100);
        ApiKeyConfig keys = new ApiKeyConfig(
                "X-API-Key",
                List.of(
                        key("one", "tasks:read"),
                        key("two", "worker:connect"),
                        new ApiKeyConfig.Key(
                                ApiKeyConfig.sha256("short"),
                                false,
                                List.of("tasks:read"),
                                List.of("*"),
                                "short-lived",
                                end),
                        key("odd", "tasks:fly"),
                        new ApiKeyConfig.Key(
                                ApiKeyConfig.sha256("old"), true, List.of(), List.of(), "legacy-api-key", null)));
        Authenticator authenticator =
                Authenticator.open(config(new JwtConfig.NoKey(), List.of("RS256"), true, keys), clock);

        assertThat(granted(authenticator, new ApiKey("one")).subject()).isEqualTo("key one");
        assertThat(granted(authenticator, new ApiKey("one")).namespaces()).isEqualTo(Namespaces.NONE);
        assertThat(granted(authenticator, new ApiKey("short")).namespaces()).isEqualTo(Namespaces.ALL);
        assertThat(granted(authenticator, new ApiKey("short")).expiresAt()).isEqualTo(end);
        assertThat(granted(authenticator, new ApiKey("old")).permissions())
                .containsExactlyInAnyOrder(Permission.values());
        assertThat(granted(authenticator, new ApiKey("old")).namespaces()).isEqualTo(Namespaces.ALL);
        assertThat(admit(authenticator, new ApiKey("two")))
                .isEqualTo(new Refused(Reason.FORBIDDEN, "Missing required permission: tasks:read"));
        for (String wrong : List.of("", "One", "three", "odd", ApiKeyConfig.sha256("one"))) {
            assertThat(admit(authenticator, new ApiKey(wrong))).as(wrong).isEqualTo(BAD_KEY);
        }
        clock.advance(Duration.ofSeconds(100));
        assertThat(admit(authenticator, new ApiKey("short"))).isEqualTo(BAD_KEY);
        assertThat(admit(authenticator, new Bearer(TestKeys.token(TestKeys.claims("tasks:read")))))
                .as("no key for tokens")
                .isEqualTo(BAD_TOKEN);
    }

    @Test
    void nothingAndRubbishAreRefusedWithTheirReasons() {
        Authenticator authenticator = authenticator(SPKI);

        assertThat(admit(authenticator, new Credential.None()))
                .isEqualTo(new Refused(Reason.MISSING, "Missing authentication credentials"));
        assertThat(admit(authenticator, new Credential.Malformed("API key")))
                .isEqualTo(new Refused(Reason.MALFORMED, "Malformed API key header"));
        assertThat(admit(authenticator, new ApiKey("any"))).isEqualTo(BAD_KEY);
    }

    @Test
    void publicOperationsTellNothingOfTheCaller() {
        Admission admission = authenticator(SPKI).admit(new Bearer("rubbish"), Access.PUBLIC, "test");

        assertThat(admission).isEqualTo(new Granted(Principal.NOBODY));
    }

    @Test
    void withoutAuthenticationEverybodyMayEverythingAndCredentialsAreNotExamined() {
        Authenticator authenticator = Authenticator.open(AuthConfig.DISABLED, InstantSource.system());

        assertThat(authenticator.isEnabled()).isFalse();
        Principal principal = granted(authenticator, new Bearer("rubbish"));
        assertThat(principal.subject()).isEqualTo("anonymous");
        assertThat(principal.permissions()).containsExactlyInAnyOrder(Permission.values());
        assertThat(principal.namespaces()).isEqualTo(Namespaces.ALL);
    }

    // --- start

    static Stream<JwtConfig.Keys> keysThatVerifyNothing() {
        return Stream.of(
                new JwtConfig.NoKey(),
                new JwtConfig.InlineKey("-----BEGIN PUBLIC KEY-----\n????\n-----END PUBLIC KEY-----"),
                new JwtConfig.InlineKey(TestKeys.pem("PUBLIC KEY", new byte[] {1, 2})),
                new JwtConfig.InlineKey(
                        TestKeys.pem("PUBLIC KEY", new byte[] {1}).replace("AQ==", "A")),
                new JwtConfig.InlineKey(TestKeys.spki(TestKeys.P256)), // RS256 is all that is allowed
                new JwtConfig.InlineKey(TestKeys.spki(TestKeys.rsa(1024))),
                new JwtConfig.KeyFile(Path.of("/nowhere/key.pem")),
                new JwtConfig.KeySet(
                        URI.create("https://localhost/keys"), Duration.ofHours(1), Duration.ofMinutes(5), false));
    }

    @ParameterizedTest
    @MethodSource("keysThatVerifyNothing")
    void nothingStartsWhenNothingCanBeVerified(JwtConfig.Keys keys) {
        AuthConfig config = config(keys, List.of("RS256"), true, new ApiKeyConfig("X-API-Key", List.of()));

        assertThatThrownBy(() -> Authenticator.open(config, InstantSource.system()))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("nothing can verify a credential");
        AuthConfig degraded = new AuthConfig(true, true, true, true, config.jwt(), config.apiKeys());
        assertThat(admit(
                        Authenticator.open(degraded, InstantSource.system()),
                        new Bearer(TestKeys.token(TestKeys.claims("tasks:read")))))
                .isEqualTo(BAD_TOKEN);
        AuthConfig withKey =
                config(keys, List.of("RS256"), true, new ApiKeyConfig("X-API-Key", List.of(key("k", "tasks:read"))));
        assertThat(admit(Authenticator.open(withKey, InstantSource.system()), new ApiKey("k")))
                .isInstanceOf(Granted.class);
    }

    private static ApiKeyConfig.Key key(String key, String... permissions) {
        return new ApiKeyConfig.Key(
                ApiKeyConfig.sha256(key), false, List.of(permissions), List.of(), "key " + key, null);
    }

    private static Authenticator authenticator(JwtConfig.Keys keys, String... algorithms) {
        List<String> allowed = algorithms.length == 0 ? List.of("RS256") : List.of(algorithms);
        return Authenticator.open(
                config(keys, allowed, true, new ApiKeyConfig("X-API-Key", List.of())), InstantSource.system());
    }

    private static AuthConfig config(
            JwtConfig.Keys keys, List<String> algorithms, boolean strict, ApiKeyConfig apiKeys) {
        return new AuthConfig(
                true,
                false,
                strict,
                true,
                new JwtConfig("tasker-core", "tasker-api", algorithms, "permissions", keys),
                apiKeys);
    }

    private static Admission admit(Authenticator authenticator, Credential credential) {
        return authenticator.admit(credential, Access.needs(Permission.TASKS_READ), "test");
    }

    private static Principal granted(Authenticator authenticator, Credential credential) {
        return ((Granted) admit(authenticator, credential)).principal();
    }
}
