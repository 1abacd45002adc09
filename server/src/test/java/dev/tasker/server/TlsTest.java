package dev.tasker.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tasker.server.config.BindAddress;
import dev.tasker.server.config.ConfigException;
import dev.tasker.server.config.Environment;
import dev.tasker.server.config.ServerConfig;
import dev.tasker.server.config.TlsConfig;
import dev.tasker.server.security.ServerTls;
import dev.tasker.server.security.TestAuth;
import dev.tasker.server.security.TestCertificates;
import dev.tasker.worker.HandlerRegistry;
import dev.tasker.worker.StepResult;
import dev.tasker.worker.WorkSource;
import dev.tasker.worker.WorkerConfig;
import dev.tasker.worker.WorkerRuntime;
import dev.tasker.worker.remote.GrpcWorkSource;
import dev.tasker.worker.remote.GrpcWorkSourceConfig;
import dev.tasker.worker.remote.HttpWorkSource;
import dev.tasker.worker.remote.HttpWorkSourceConfig;
import dev.tasker.worker.remote.WorkerCredential;
import dev.tasker.worker.remote.WorkerTls;
import io.grpc.ManagedChannel;
import io.grpc.TlsChannelCredentials;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** TLS of both listeners and of the worker, with certificates made here. */
@TestInstance(Lifecycle.PER_CLASS)
class TlsTest {
    private static final String TEMPLATE = """
        name: solo
        namespace_name: shop
        version: 1.0.0
        steps:
          - name: only
            handler: {callable: tls.only}
        """;
    private static final String TASK = """
        {"namespace":"shop","name":"solo","version":"1.0.0","context":{"a":1},"initiator":"i",
         "source_system":"s","reason":"r"}
        """;

    @TempDir
    static Path folder;

    private TestCertificates certificates;
    private Path ca;

    @BeforeAll
    void makeCertificates() throws Exception {
        certificates = TestCertificates.make(folder);
        ca = certificates.certificate("ca", "ca.pem");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void clientsAndWorkersTalkTlsAndShowWhoTheyAre(boolean isPolling) throws Exception {
        Path certificate = certificates.certificate("first", "listener.pem");
        Path key = certificates.key("first", "listener-key.pem");
        ServerConfig config = ServerConfig.defaults(Environment.TEST)
                .withEmbeddedDatabase(folder.resolve("pg" + isPolling), false)
                .withAddresses(BindAddress.loopback(0), BindAddress.loopback(0))
                .withTls(new TlsConfig(certificate, key, ca))
                .withAuth(TestAuth.config(TestAuth.key("client", "tasks:*"), TestAuth.key("worker", "worker:connect")));
        Path shown = certificates.certificate("client", "client.pem");
        Path shownKey = certificates.key("client", "client-key.pem");
        CountDownLatch ran = new CountDownLatch(1);
        HandlerRegistry handlers = HandlerRegistry.builder()
                .handler("tls.only", context -> {
                    ran.countDown();
                    return StepResult.success(Map.of());
                })
                .build();
        try (TaskerServer server = TaskerServer.start(config);
                WorkSource source = source(server, isPolling, new WorkerTls(ca, shown, shownKey));
                WorkerRuntime worker = WorkerRuntime.start(
                        source, handlers, WorkerConfig.defaults().withSlots(1));
                HttpClient http = HttpClient.newBuilder()
                        .sslContext(context(certificates.keyManagers()))
                        .build()) {
            server.register("solo.yaml", TEMPLATE);
            URI url = server.restUrl().orElseThrow();
            assertThat(url.getScheme()).isEqualTo("https");
            HttpRequest create = HttpRequest.newBuilder(url.resolve("/v1/tasks"))
                    .header("Content-Type", "application/json")
                    .header("X-API-Key", "client")
                    .POST(BodyPublishers.ofString(TASK))
                    .build();
            assertThat(http.send(create, BodyHandlers.ofString()).statusCode()).isEqualTo(200);
            assertThat(ran.await(30, TimeUnit.SECONDS)).isTrue();
            try (HttpClient distrusting = HttpClient.newHttpClient();
                    HttpClient bare =
                            HttpClient.newBuilder().sslContext(trusting()).build()) {
                assertThatThrownBy(() -> distrusting.send(create, BodyHandlers.ofString()))
                        .isInstanceOf(IOException.class);
                assertThatThrownBy(() -> bare.send(create, BodyHandlers.ofString()))
                        .as("shows no certificate")
                        .isInstanceOf(IOException.class);
            }
            assertThatThrownBy(() -> health(server, new WorkerTls(ca, null, null)))
                    .as("shows no certificate")
                    .hasMessageContaining("UNAVAILABLE");
            assertThat(health(server, new WorkerTls(ca, shown, shownKey))).isEqualTo(ServingStatus.SERVING);
        }
    }

    private static WorkSource source(TaskerServer server, boolean isPolling, WorkerTls tls) {
        WorkerCredential credential = WorkerCredential.apiKey("X-API-Key", () -> "worker");
        return isPolling
                ? new HttpWorkSource(
                        server.restUrl().orElseThrow(),
                        HttpWorkSourceConfig.DEFAULT.withTls(tls).withCredential(credential))
                : new GrpcWorkSource(
                        "127.0.0.1:" + server.grpcPort().orElseThrow(),
                        GrpcWorkSourceConfig.DEFAULT.withTls(tls).withCredential(credential));
    }

    @Test
    void newFilesServeNewConnectionsWhileOldOnesGoOn() throws Exception {
        Path certificate = certificates.certificate("first", "reload.pem");
        Path key = certificates.key("first", "reload-key.pem");
        try (ServerTls tls = ServerTls.open(new TlsConfig(certificate, key, null), "test");
                SSLServerSocket listener = echo(tls);
                SSLSocket old = connect(listener, trusting())) {
            assertThat(nameShownTo(old)).isEqualTo("CN=first");

            certificates.certificate("second", "reload.pem");
            tls.reload();
            try (SSLSocket early = connect(listener, trusting())) {
                assertThat(nameShownTo(early)).as("the key is not there yet").isEqualTo("CN=first");
            }
            certificates.key("second", "reload-key.pem");
            tls.reload();
            try (SSLSocket fresh = connect(listener, trusting())) {
                assertThat(nameShownTo(fresh)).isEqualTo("CN=second");
            }
            Files.delete(key);
            tls.reload();
            try (SSLSocket after = connect(listener, trusting())) {
                assertThat(nameShownTo(after)).isEqualTo("CN=second");
            }
            old.getOutputStream().write(7);
            assertThat(old.getInputStream().read()).isEqualTo(7);
        }
    }

    @Test
    void filesThatCannotBeUsedStopTheStart() throws Exception {
        Path certificate = certificates.certificate("first", "bad.pem");
        Path key = certificates.key("first", "bad-key.pem");
        Path otherKey = certificates.key("client", "other-key.pem");
        Path missing = folder.resolve("missing.pem");
        for (TlsConfig config : new TlsConfig[] {
            new TlsConfig(missing, key, null),
            new TlsConfig(certificate, missing, null),
            new TlsConfig(certificate, key, missing),
            new TlsConfig(key, key, null),
            new TlsConfig(certificate, certificate, null),
            new TlsConfig(certificate, otherKey, null)
        }) {
            assertThatThrownBy(() -> ServerTls.open(config, "orchestration.web"))
                    .isInstanceOf(ConfigException.class)
                    .hasMessageContaining("orchestration.web.tls_cert_path");
        }
        assertThatThrownBy(() -> new GrpcWorkSource(
                        "127.0.0.1:1", GrpcWorkSourceConfig.DEFAULT.withTls(new WorkerTls(missing, null, null))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("readable PEM files");
        assertThatThrownBy(() -> new HttpWorkSource(
                        URI.create("https://127.0.0.1:1"),
                        HttpWorkSourceConfig.DEFAULT.withTls(new WorkerTls(missing, null, null))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("readable PEM files");
        assertThatThrownBy(() -> new WorkerTls(null, certificate, null)).hasMessageContaining("certificate and key");
    }

    private static ServingStatus health(TaskerServer server, WorkerTls tls) throws IOException {
        var credentials = TlsChannelCredentials.newBuilder()
                .trustManager(Objects.requireNonNull(tls.trustedCa()).toFile());
        if (tls.certificate() != null && tls.key() != null) {
            credentials.keyManager(tls.certificate().toFile(), tls.key().toFile());
        }
        ManagedChannel channel = NettyChannelBuilder.forAddress(
                        "127.0.0.1", server.grpcPort().orElseThrow(), credentials.build())
                .build();
        try {
            return HealthGrpc.newBlockingStub(channel)
                    .check(HealthCheckRequest.getDefaultInstance())
                    .getStatus();
        } finally {
            channel.shutdownNow();
        }
    }

    /** Accepts connections and sends back what comes. */
    private static SSLServerSocket echo(ServerTls tls) throws IOException {
        SSLServerSocket listener = (SSLServerSocket)
                tls.sslContext().getServerSocketFactory().createServerSocket(0, 5, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().start(() -> {
            while (!listener.isClosed()) {
                try {
                    SSLSocket socket = (SSLSocket) listener.accept();
                    Thread.ofVirtual().start(() -> {
                        try (socket) {
                            socket.getInputStream().transferTo(socket.getOutputStream());
                        } catch (IOException e) {
                            assertThat(e).isNotNull(); // the other side went away
                        }
                    });
                } catch (IOException e) {
                    return;
                }
            }
        });
        return listener;
    }

    private static SSLSocket connect(SSLServerSocket listener, SSLContext context) throws IOException {
        SSLSocket socket =
                (SSLSocket) context.getSocketFactory().createSocket(listener.getInetAddress(), listener.getLocalPort());
        socket.setSoTimeout(20_000);
        socket.startHandshake();
        return socket;
    }

    private static String nameShownTo(SSLSocket socket) throws IOException {
        return ((X509Certificate) socket.getSession().getPeerCertificates()[0])
                .getSubjectX500Principal()
                .getName();
    }

    /** A context of its own each time: none resumes a session of another. */
    private SSLContext trusting() throws Exception {
        return context(new KeyManager[0]);
    }

    private SSLContext context(KeyManager[] shown) throws Exception {
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        try (InputStream in = Files.newInputStream(ca)) {
            trusted.setCertificateEntry(
                    "ca", CertificateFactory.getInstance("X.509").generateCertificate(in));
        }
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(trusted);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(shown, trust.getTrustManagers(), null);
        return context;
    }
}
