package dev.tasker.server.security;

import dev.tasker.server.config.ConfigException;
import dev.tasker.server.config.TlsConfig;
import io.grpc.util.AdvancedTlsX509KeyManager;
import io.grpc.util.AdvancedTlsX509TrustManager;
import io.grpc.util.AdvancedTlsX509TrustManager.Verification;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * TLS of one listener (03 §3.8). Looks at the files every ten seconds; new connections get what they say then, those that stand go on.
 * Files that do not fit together, because only one has been replaced yet, change nothing. Thread-safe.
 */
public final class ServerTls implements AutoCloseable {
    /** The only versions spoken. */
    public static final List<String> PROTOCOLS = List.of("TLSv1.3", "TLSv1.2");

    private static final Logger log = LoggerFactory.getLogger(ServerTls.class);
    private static final Duration LOOK = Duration.ofSeconds(10);

    private final TlsConfig config;
    private final String section;
    private final AdvancedTlsX509KeyManager keyManager = new AdvancedTlsX509KeyManager();
    private final @Nullable AdvancedTlsX509TrustManager trustManager;
    private final ScheduledExecutorService watch = Executors.newSingleThreadScheduledExecutor(
            Thread.ofVirtual().name("tasker-tls").factory());
    private @Nullable Texts inUse; // guarded by this

    /** What the files say. */
    private record Texts(
            String certificate, String key, @Nullable String clientCa) {
        static Texts read(TlsConfig config) throws IOException {
            Path clientCa = config.clientCa();
            return new Texts(
                    Files.readString(config.certificate()),
                    Files.readString(config.key()),
                    clientCa == null ? null : Files.readString(clientCa));
        }
    }

    private ServerTls(TlsConfig config, String section) throws GeneralSecurityException {
        this.config = config;
        this.section = section;
        this.trustManager = config.clientCa() == null
                ? null
                : AdvancedTlsX509TrustManager.newBuilder()
                        .setVerification(Verification.CERTIFICATE_ONLY_VERIFICATION)
                        .build();
    }

    /**
     * Reads the files and goes on watching them until closed.
     *
     * @param section of the configuration, for messages
     * @throws ConfigException when they cannot be used
     */
    public static ServerTls open(TlsConfig config, String section) {
        try {
            ServerTls tls = new ServerTls(config, section);
            tls.use(Texts.read(config));
            var _ = tls.watch.scheduleWithFixedDelay(
                    tls::reload, LOOK.toMillis(), LOOK.toMillis(), TimeUnit.MILLISECONDS);
            return tls;
        } catch (IOException | GeneralSecurityException e) {
            throw ConfigException.of(List.of(section + ".tls_cert_path, .tls_key_path, .tls_client_ca_path: " + e
                    + " (expected: readable PEM files that belong together)"));
        }
    }

    /** Takes over what the files say now, if they say something else than before. */
    public synchronized void reload() {
        try {
            Texts texts = Texts.read(config);
            if (!texts.equals(inUse)) {
                use(texts);
                log.info("{}: new TLS files in use", section);
            }
        } catch (IOException | GeneralSecurityException e) {
            log.warn("{}: TLS files not taken over, the old ones stay in use: {}", section, e.toString());
        }
    }

    private synchronized void use(Texts texts) throws IOException, GeneralSecurityException {
        X509Certificate[] chain = Pem.certificates(texts.certificate()).toArray(X509Certificate[]::new);
        PrivateKey key = Pem.privateKey(texts.key());
        requirePair(chain[0], key);
        if (trustManager != null && texts.clientCa() != null) {
            trustManager.updateTrustCredentials(
                    Pem.certificates(texts.clientCa()).toArray(X509Certificate[]::new));
        }
        keyManager.updateIdentityCredentials(chain, key);
        inUse = texts;
    }

    private static void requirePair(X509Certificate certificate, PrivateKey key) throws GeneralSecurityException {
        byte[] sample = {1};
        Signature signature =
                Signature.getInstance(key.getAlgorithm().equals("EC") ? "SHA256withECDSA" : "SHA256withRSA");
        signature.initSign(key);
        signature.update(sample);
        byte[] signed = signature.sign();
        signature.initVerify(certificate.getPublicKey());
        signature.update(sample);
        if (!signature.verify(signed)) {
            throw new GeneralSecurityException("the private key is not that of the certificate");
        }
    }

    /** Whether clients must show a certificate. */
    public boolean needsClientCertificate() {
        return trustManager != null;
    }

    /** The server's certificate and key as they are at each handshake. */
    public X509ExtendedKeyManager keyManager() {
        return keyManager;
    }

    /** Judges clients' certificates, null when they need none. */
    public @Nullable X509ExtendedTrustManager trustManager() {
        return trustManager;
    }

    /** For listeners that take a context. */
    public SSLContext sslContext() {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            TrustManager[] trust = trustManager == null ? new TrustManager[0] : new TrustManager[] {trustManager};
            context.init(new KeyManager[] {keyManager}, trust, null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has TLS", e);
        }
    }

    @Override
    public void close() {
        watch.shutdownNow();
    }
}
