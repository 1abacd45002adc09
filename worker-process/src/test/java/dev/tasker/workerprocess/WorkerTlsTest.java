package dev.tasker.workerprocess;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tasker.v1.WorkerHealthRequest;
import com.tasker.v1.WorkerHealthServiceGrpc;
import dev.tasker.server.config.BindAddress;
import dev.tasker.server.config.ConfigException;
import dev.tasker.server.config.TlsConfig;
import dev.tasker.server.config.WorkerGrpcConfig;
import dev.tasker.server.config.WorkerProcessConfig;
import dev.tasker.server.config.WorkerWebConfig;
import dev.tasker.worker.remote.GrpcWorkSource;
import io.grpc.Status.Code;
import io.grpc.netty.shaded.io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** TLS of the worker's gRPC (03 §3.8). */
class WorkerTlsTest {
    private static final String PASSWORD = "changeit";

    @TempDir
    Path folder;

    @Test
    void certificateOfTheFilesIsShownAndPlainTextIsNotAnswered() throws Exception {
        TlsConfig files = certificate();
        try (Stage stage = new Stage(folder);
                GrpcWorkSource source = stage.source();
                WorkerProcess worker = stage.worker(source, config(files));
                GrpcSide plain = new GrpcSide(worker);
                GrpcSide secure = new GrpcSide(NettyChannelBuilder.forAddress(GrpcSide.address(worker))
                        .overrideAuthority("localhost")
                        .sslContext(GrpcSslContexts.forClient()
                                .trustManager(files.certificate().toFile())
                                .build()))) {
            assertThat(secure.health()
                            .checkHealth(WorkerHealthRequest.getDefaultInstance())
                            .getStatus())
                    .isEqualTo("healthy");
            assertThat(GrpcSide.call(plain.channel(), WorkerHealthServiceGrpc.getCheckHealthMethod())
                            .getCode())
                    .isEqualTo(Code.UNAVAILABLE);
        }
    }

    @Test
    void filesThatCannotBeReadStopTheStartAndLeaveNoListenerBehind() throws Exception {
        Path nowhere = folder.resolve("nowhere.pem");
        int port;
        try (var free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        try (Stage stage = new Stage(folder);
                GrpcWorkSource source = stage.source()) {
            WorkerProcessConfig config =
                    config(new TlsConfig(nowhere, nowhere, null)).withPort(port);

            assertThatThrownBy(() -> stage.worker(source, config))
                    .isInstanceOf(ConfigException.class)
                    .hasMessageContaining("worker.grpc.tls_cert_path")
                    .hasMessageContaining("nowhere.pem");
            new ServerSocket(port, 1, InetAddress.getLoopbackAddress()).close();
        }
    }

    private static WorkerProcessConfig config(TlsConfig files) {
        WorkerProcessConfig config = Stage.config();
        WorkerGrpcConfig grpc = config.grpc();
        return config.withGrpc(new WorkerGrpcConfig(true, BindAddress.loopback(0), files, grpc.transport()))
                .withWeb(new WorkerWebConfig(true, BindAddress.loopback(0), true, null));
    }

    /** A certificate that signs itself, with its key. */
    private TlsConfig certificate() throws Exception {
        Path file = folder.resolve("keys.p12");
        Process keytool = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-keyalg",
                        "EC",
                        "-dname",
                        "CN=localhost",
                        "-ext",
                        "san=dns:localhost",
                        "-storetype",
                        "PKCS12",
                        "-storepass",
                        PASSWORD,
                        "-keystore",
                        file.toString(),
                        "-alias",
                        "worker"))
                .inheritIO()
                .start();
        assertThat(keytool.waitFor(60, TimeUnit.SECONDS)).isTrue();
        KeyStore store = KeyStore.getInstance(file.toFile(), PASSWORD.toCharArray());
        return new TlsConfig(
                pem("CERTIFICATE", store.getCertificate("worker").getEncoded()),
                pem(
                        "PRIVATE KEY",
                        store.getKey("worker", PASSWORD.toCharArray()).getEncoded()),
                null);
    }

    private Path pem(String label, byte[] der) throws Exception {
        return Files.writeString(
                folder.resolve(label.replace(' ', '-') + ".pem"),
                "-----BEGIN " + label + "-----\n"
                        + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der) + "\n-----END " + label
                        + "-----\n");
    }
}
