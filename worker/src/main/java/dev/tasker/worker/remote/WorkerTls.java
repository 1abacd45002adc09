package dev.tasker.worker.remote;

import io.grpc.ChannelCredentials;
import io.grpc.TlsChannelCredentials;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.Collection;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/**
 * TLS towards the server; files in PEM, read for every stream, so that new ones take effect with the next.
 *
 * @param trustedCa who signs the server's certificate, null: those the platform trusts
 * @param certificate the worker's own, for servers that ask for one, null: none
 * @param key private key of the certificate (PKCS#8), null exactly when there is none
 */
public record WorkerTls(
        @Nullable Path trustedCa,
        @Nullable Path certificate,
        @Nullable Path key) {

    /** Authorities that the platform trusts, no certificate of one's own. */
    public static final WorkerTls DEFAULT = new WorkerTls(null, null, null);

    public WorkerTls {
        if ((certificate == null) != (key == null)) {
            throw new IllegalArgumentException("tls: " + (certificate == null ? "a key" : "a certificate")
                    + " alone (expected: certificate and key, or neither)");
        }
    }

    /** Reads the files. */
    ChannelCredentials credentials() throws IOException {
        TlsChannelCredentials.Builder credentials = TlsChannelCredentials.newBuilder();
        if (trustedCa != null) {
            credentials.trustManager(trustedCa.toFile());
        }
        if (certificate != null && key != null) {
            credentials.keyManager(certificate.toFile(), key.toFile());
        }
        return credentials.build();
    }

    /** Reads the files, for other than gRPC. */
    SSLContext context() throws IOException {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(keyManagers(), trustManagers(), null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IOException(e);
        }
    }

    private TrustManager @Nullable [] trustManagers() throws IOException, GeneralSecurityException {
        if (trustedCa == null) {
            return null;
        }
        KeyStore trusted = emptyStore();
        for (Certificate authority : certificates(trustedCa)) {
            trusted.setCertificateEntry("authority-" + trusted.size(), authority);
        }
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(trusted);
        return factory.getTrustManagers();
    }

    private KeyManager @Nullable [] keyManagers() throws IOException, GeneralSecurityException {
        if (certificate == null || key == null) {
            return null;
        }
        Certificate[] chain = certificates(certificate).toArray(Certificate[]::new);
        String pem = Files.readString(key);
        byte[] encoded = Base64.getMimeDecoder()
                .decode(pem.replaceAll("-----(BEGIN|END) PRIVATE KEY-----", "").strip());
        PrivateKey own = KeyFactory.getInstance(chain[0].getPublicKey().getAlgorithm())
                .generatePrivate(new PKCS8EncodedKeySpec(encoded));
        KeyStore store = emptyStore();
        store.setKeyEntry("worker", own, new char[0], chain);
        KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        factory.init(store, new char[0]);
        return factory.getKeyManagers();
    }

    private static KeyStore emptyStore() throws IOException, GeneralSecurityException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        return store;
    }

    private static Collection<? extends Certificate> certificates(Path file)
            throws IOException, GeneralSecurityException {
        try (InputStream in = Files.newInputStream(file)) {
            Collection<? extends Certificate> found =
                    CertificateFactory.getInstance("X.509").generateCertificates(in);
            if (found.isEmpty()) {
                throw new IOException(file + ": no certificate (expected: PEM)");
            }
            return found;
        }
    }
}
