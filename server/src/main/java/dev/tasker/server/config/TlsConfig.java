package dev.tasker.server.config;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * TLS of a listener (03 §3.8); files in PEM, read again when they change.
 *
 * @param certificate the server's certificate, followed by the intermediate ones
 * @param key private key of the certificate, unencrypted
 * @param clientCa who signs the certificates that clients must show, null: they show none
 */
public record TlsConfig(
        Path certificate, Path key, @Nullable Path clientCa) {

    /** TLS of the listener of a section, null when it is switched off. */
    static @Nullable TlsConfig from(Settings settings, String section) {
        boolean enabled = settings.flag(section + ".tls_enabled", false);
        Path certificate = settings.path(section + ".tls_cert_path");
        Path key = settings.path(section + ".tls_key_path");
        Path clientCa = settings.path(section + ".tls_client_ca_path");
        if (!enabled) {
            return null;
        }
        if (certificate == null || key == null) {
            settings.violation(
                    section + ".tls_enabled",
                    true,
                    "tls_cert_path and tls_key_path beside it, each naming a PEM file; or false");
            return null;
        }
        return new TlsConfig(certificate, key, clientCa);
    }
}
