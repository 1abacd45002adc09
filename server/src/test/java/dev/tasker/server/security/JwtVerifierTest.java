package dev.tasker.server.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tasker.server.config.JwtConfig;
import java.security.PublicKey;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What is remembered of tokens seen before, and what is not. */
class JwtVerifierTest {
    private final HandClock clock = new HandClock();
    private volatile PublicKey current = TestKeys.RSA.getPublic();
    private final JwtVerifier verifier = verifier();

    private JwtVerifier verifier() {
        JwtConfig config =
                new JwtConfig("tasker-core", "tasker-api", List.of("RS256"), "permissions", new JwtConfig.NoKey());
        PermissionReader permissions = new PermissionReader(TestAuth.config());
        return new JwtVerifier(config, _ -> current, permissions, clock);
    }

    private String token(Duration lifetime) {
        Map<String, Object> claims = TestKeys.claims("tasks:read");
        claims.put("iat", clock.instant().getEpochSecond());
        claims.put("exp", clock.instant().plus(lifetime).getEpochSecond());
        return TestKeys.token(claims);
    }

    @Test
    void tokenSeenBeforeMakesTheSamePrincipal() throws Exception {
        String token = token(Duration.ofHours(1));

        Principal first = verifier.verify(token);

        assertThat(verifier.verify(token)).isSameAs(first);
    }

    @Test
    void tokenSeenBeforeExpiresAllTheSame() throws Exception {
        String token = token(Duration.ofMinutes(5));
        verifier.verify(token);
        clock.advance(Duration.ofMinutes(6));
        verifier.verify(token); // a minute of leeway

        clock.advance(Duration.ofSeconds(1));

        assertThatThrownBy(() -> verifier.verify(token))
                .isInstanceOf(RefusedCredentialException.class)
                .hasMessageStartingWith("expired at");
    }

    @Test
    void tokenSeenBeforeIsWorthNothingOnceItsKeyIsAnother() throws Exception {
        String token = token(Duration.ofHours(1));
        verifier.verify(token);

        current = TestKeys.OTHER_RSA.getPublic();

        assertThatThrownBy(() -> verifier.verify(token))
                .isInstanceOf(RefusedCredentialException.class)
                .hasMessage("wrong signature");
    }

    @Test
    void tokenLikeOneSeenBeforeIsVerifiedByItself() throws Exception {
        String token = token(Duration.ofHours(1));
        verifier.verify(token);
        String other = TestKeys.token("RS256", TestKeys.OTHER_RSA.getPrivate(), null, TestKeys.claims("tasks:*"));
        String forged = other.substring(0, other.lastIndexOf('.')) + token.substring(token.lastIndexOf('.'));

        assertThatThrownBy(() -> verifier.verify(forged)).hasMessage("wrong signature");
    }
}
