package dev.tasker.server.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.sun.net.httpserver.HttpServer;
import dev.tasker.server.config.ApiKeyConfig;
import dev.tasker.server.config.AuthConfig;
import dev.tasker.server.config.JwtConfig;
import dev.tasker.server.security.Credential.Bearer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.interfaces.RSAPublicKey;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Key sets over HTTP, from a server in the test. */
class JwksFetcherTest {
    private static final HostCheck ANY = _ -> {};
    private static final String KEYS = keys("a");

    private final AtomicInteger calls = new AtomicInteger();
    private final CountDownLatch released = new CountDownLatch(1);
    private volatile int status = 200;
    private volatile String body = KEYS;
    private volatile boolean hangs;
    private HttpServer server;
    private URI url;

    @BeforeEach
    void serve() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/", exchange -> {
            calls.incrementAndGet();
            if (hangs) {
                try {
                    released.await();
                } catch (InterruptedException e) {
                    throw new IOException(e);
                }
            }
            byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().add("Location", "/elsewhere");
            exchange.sendResponseHeaders(status, bytes.length);
            exchange.getResponseBody().write(bytes);
            exchange.close();
        });
        server.start();
        url = URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/keys");
    }

    @AfterEach
    void stop() {
        released.countDown();
        server.stop(0);
    }

    @Test
    void keySetIsRead() throws IOException {
        assertThat(new JwksFetcher(url, ANY).fetch().getKeyByKeyId("a")).isNotNull();
    }

    @Test
    void redirectsAreNotFollowed() {
        status = 302;
        assertThatThrownBy(() -> new JwksFetcher(url, ANY).fetch())
                .isInstanceOf(IOException.class)
                .hasMessage("status 302 (expected: 200)");
        assertThat(calls).hasValue(1);
    }

    @Test
    void whatIsNoKeySetOrTooLargeIsRefused() {
        body = "<html>";
        assertThatThrownBy(() -> new JwksFetcher(url, ANY).fetch())
                .isInstanceOf(IOException.class)
                .hasMessageContaining("not a key set");
        body = KEYS + " ".repeat(2 << 20);
        assertThatThrownBy(() -> new JwksFetcher(url, ANY).fetch()).isInstanceOf(IOException.class);
    }

    @Test
    void waitingHasAnEnd() {
        hangs = true;
        assertThatThrownBy(() -> new JwksFetcher(url, ANY, Duration.ofMillis(100)).fetch())
                .isInstanceOf(IOException.class)
                .hasMessage("no answer within PT0.1S");
    }

    @Test
    void hostInsideIsNotEvenAsked() {
        assertThatThrownBy(() -> new JwksFetcher(url, new PublicHosts(InetAddress::getAllByName)).fetch())
                .isInstanceOf(IOException.class)
                .hasMessageContaining("127.0.0.1 refused");
        assertThat(calls).hasValue(0);
    }

    @Test
    void tokensAreVerifiedByTheKeysOfTheServerAndTheirRotationIsFollowed() {
        AuthConfig config = new AuthConfig(
                true,
                false,
                true,
                true,
                new JwtConfig(
                        "tasker-core",
                        "tasker-api",
                        List.of("RS256"),
                        "permissions",
                        new JwtConfig.KeySet(url, Duration.ofHours(1), Duration.ofMinutes(5), true)),
                new ApiKeyConfig("X-API-Key", List.of()));
        Authenticator authenticator = Authenticator.open(config, InstantSource.system(), ANY);

        assertThat(admit(authenticator, "a")).isInstanceOf(Admission.Granted.class);
        assertThat(calls).hasValue(1);
        body = keys("b");
        assertThat(admit(authenticator, "b")).isInstanceOf(Admission.Granted.class);
        assertThat(admit(authenticator, "a")).isInstanceOf(Admission.Refused.class);
        assertThat(calls).hasValue(2);
    }

    private static Admission admit(Authenticator authenticator, String keyId) {
        String token = TestKeys.token("RS256", TestKeys.RSA.getPrivate(), keyId, TestKeys.claims("tasks:read"));
        return authenticator.admit(new Bearer(token), Access.needs(Permission.TASKS_READ), "test");
    }

    private static String keys(String keyId) {
        return new JWKSet(new RSAKey.Builder((RSAPublicKey) TestKeys.RSA.getPublic())
                        .keyID(keyId)
                        .build())
                .toString();
    }
}
