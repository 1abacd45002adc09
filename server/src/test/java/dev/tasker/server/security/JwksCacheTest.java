package dev.tasker.server.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.KeyUse;
import com.nimbusds.jose.jwk.RSAKey;
import dev.tasker.server.config.JwtConfig;
import java.io.IOException;
import java.net.URI;
import java.security.KeyPair;
import java.security.PublicKey;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Keys of an issuer, kept and renewed, in a time of the test's own. */
class JwksCacheTest {
    private static final Duration INTERVAL = Duration.ofHours(1);
    private static final Duration STALE = Duration.ofMinutes(5);

    private final HandClock clock = new HandClock();
    private final AtomicInteger fetches = new AtomicInteger();
    private volatile @Nullable JWKSet published = new JWKSet(rsa("a", TestKeys.RSA));
    private final JwksCache cache = cache(() -> {
        fetches.incrementAndGet();
        JWKSet keys = published;
        if (keys == null) {
            throw new IOException("down");
        }
        return keys;
    });

    private JwksCache cache(JwksCache.Source source) {
        return new JwksCache(
                source,
                new JwtConfig.KeySet(URI.create("https://idp.example.com/keys"), INTERVAL, STALE, false),
                clock);
    }

    @Test
    void keysAreFetchedOnceForTheWholeInterval() throws Exception {
        cache.load();
        for (int i = 0; i < 100; i++) {
            assertThat(find("a")).isEqualTo(TestKeys.RSA.getPublic());
        }
        clock.advance(INTERVAL.minusSeconds(1));
        assertThat(find("a")).isEqualTo(TestKeys.RSA.getPublic());
        assertThat(fetches).hasValue(1);

        clock.advance(Duration.ofSeconds(1));
        assertThat(find("a")).isEqualTo(TestKeys.RSA.getPublic());
        assertThat(fetches).hasValue(2);
    }

    @Test
    void keyThatIsNewIsFoundAtOnceAndTheOldOneIsGone() throws Exception {
        cache.load();
        published = new JWKSet(rsa("b", TestKeys.OTHER_RSA));

        assertThat(find("b")).isEqualTo(TestKeys.OTHER_RSA.getPublic());
        assertThat(fetches).hasValue(2);
        refused("a", "no usable key with kid a");
    }

    @Test
    void madeUpNamesAreLookedUpTwiceAMinuteAtMost() throws Exception {
        cache.load();
        for (int i = 0; i < 50; i++) {
            refused("made-up-" + i, "no usable key");
        }
        assertThat(fetches).hasValue(2);
        clock.advance(Duration.ofSeconds(29));
        refused("x", "no usable key");
        assertThat(fetches).hasValue(2);
        clock.advance(Duration.ofSeconds(1));
        refused("x", "no usable key");
        assertThat(fetches).hasValue(3);
        assertThat(find("a")).as("the others go on").isEqualTo(TestKeys.RSA.getPublic());
    }

    @Test
    void oldKeysLastForTheStaleLimitWhileNobodyAnswers() throws Exception {
        cache.load();
        published = null;
        clock.advance(INTERVAL);
        assertThat(find("a")).isEqualTo(TestKeys.RSA.getPublic());
        assertThat(fetches).hasValue(2);
        assertThat(find("a")).isEqualTo(TestKeys.RSA.getPublic());
        assertThat(fetches).as("no attempt at once after a failure").hasValue(2);
        clock.advance(STALE.minusSeconds(1));
        assertThat(find("a")).isEqualTo(TestKeys.RSA.getPublic());

        clock.advance(Duration.ofSeconds(1));
        refused("a", "no key set from idp.example.com");

        published = new JWKSet(rsa("a", TestKeys.OTHER_RSA));
        clock.advance(Duration.ofSeconds(10));
        assertThat(find("a")).isEqualTo(TestKeys.OTHER_RSA.getPublic());
    }

    @Test
    void failedStartIsMadeUpForLater() throws Exception {
        published = null;
        assertThatThrownBy(cache::load).isInstanceOf(IOException.class);
        refused("a", "no key set");
        published = new JWKSet(rsa("a", TestKeys.RSA));
        clock.advance(Duration.ofSeconds(10));

        assertThat(find("a")).isEqualTo(TestKeys.RSA.getPublic());
    }

    @Test
    void oneFetchServesAllWhoWaitForIt() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch answer = new CountDownLatch(1);
        JwksCache slow = cache(() -> {
            fetches.incrementAndGet();
            begun.countDown();
            await(answer);
            return new JWKSet(rsa("a", TestKeys.RSA));
        });
        try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<PublicKey>> found = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                found.add(callers.submit(() -> slow.find(header("RS256", "a"))));
            }
            await(begun);
            answer.countDown();
            for (Future<PublicKey> key : found) {
                assertThat(key.get(20, TimeUnit.SECONDS)).isEqualTo(TestKeys.RSA.getPublic());
            }
        }
        assertThat(fetches).hasValue(1);
    }

    @Test
    void nobodyWaitsForARefreshWhileOldKeysWillDo() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch answer = new CountDownLatch(1);
        JwksCache slow = cache(() -> {
            if (fetches.incrementAndGet() > 1) {
                begun.countDown();
                await(answer);
            }
            return new JWKSet(rsa("a", TestKeys.RSA));
        });
        slow.load();
        clock.advance(INTERVAL);
        try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<PublicKey> refresher = callers.submit(() -> slow.find(header("RS256", "a")));
            await(begun);

            assertThat(slow.find(header("RS256", "a"))).isEqualTo(TestKeys.RSA.getPublic());
            assertThat(refresher.isDone()).isFalse();

            answer.countDown();
            assertThat(refresher.get(20, TimeUnit.SECONDS)).isEqualTo(TestKeys.RSA.getPublic());
        }
    }

    @Test
    void onlyKeysForThisKindOfSignatureAreUsed() throws Exception {
        published = new JWKSet(List.of(
                new RSAKey.Builder((RSAPublicKey) TestKeys.RSA.getPublic())
                        .keyID("enc")
                        .keyUse(KeyUse.ENCRYPTION)
                        .build(),
                new RSAKey.Builder((RSAPublicKey) TestKeys.RSA.getPublic())
                        .keyID("sig")
                        .keyUse(KeyUse.SIGNATURE)
                        .build(),
                new RSAKey.Builder((RSAPublicKey) TestKeys.RSA.getPublic())
                        .keyID("ps")
                        .algorithm(JWSAlgorithm.PS256)
                        .build(),
                rsa("weak", TestKeys.rsa(1024)),
                ec("p256", Curve.P_256, TestKeys.P256),
                ec("p384", Curve.P_384, TestKeys.P384)));
        cache.load();

        assertThat(find("sig")).isEqualTo(TestKeys.RSA.getPublic());
        assertThat(cache.find(header("PS256", "ps"))).isEqualTo(TestKeys.RSA.getPublic());
        assertThat(cache.find(header("ES256", "p256"))).isEqualTo(TestKeys.P256.getPublic());
        assertThat(cache.find(header("ES384", "p384"))).isEqualTo(TestKeys.P384.getPublic());
        for (String unfit : List.of("enc", "ps", "weak", "p256")) {
            refused(unfit, "no usable key with kid " + unfit);
        }
        assertThatThrownBy(() -> cache.find(header("ES384", "p256"))).isInstanceOf(RefusedCredentialException.class);
    }

    @Test
    void tokenMustNameItsKey() throws Exception {
        cache.load();
        assertThatThrownBy(() -> cache.find(new JWSHeader(JWSAlgorithm.RS256))).hasMessage("no kid");
    }

    private PublicKey find(String keyId) throws RefusedCredentialException {
        return cache.find(header("RS256", keyId));
    }

    private void refused(String keyId, String reason) {
        assertThatThrownBy(() -> find(keyId))
                .isInstanceOf(RefusedCredentialException.class)
                .hasMessageContaining(reason);
    }

    private static JWSHeader header(String algorithm, String keyId) {
        return new JWSHeader.Builder(JWSAlgorithm.parse(algorithm)).keyID(keyId).build();
    }

    private static JWK rsa(String keyId, KeyPair keys) {
        return new RSAKey.Builder((RSAPublicKey) keys.getPublic()).keyID(keyId).build();
    }

    private static JWK ec(String keyId, Curve curve, KeyPair keys) {
        return new ECKey.Builder(curve, (ECPublicKey) keys.getPublic())
                .keyID(keyId)
                .build();
    }

    private static void await(CountDownLatch latch) throws IOException {
        try {
            if (!latch.await(20, TimeUnit.SECONDS)) {
                throw new IOException("nobody came");
            }
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }
}
