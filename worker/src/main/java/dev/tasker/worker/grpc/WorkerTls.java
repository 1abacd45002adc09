package dev.tasker.worker.grpc;

import io.grpc.ChannelCredentials;
import io.grpc.TlsChannelCredentials;
import java.io.IOException;
import java.nio.file.Path;
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
}
