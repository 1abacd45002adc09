package dev.tasker.benchmarks;

import dev.tasker.server.config.ApiKeyConfig;
import dev.tasker.server.config.AuthConfig;
import dev.tasker.server.config.JwtConfig;
import dev.tasker.server.config.TlsConfig;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.Signature;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** A certificate of this machine that signs itself, a token and an API key; for measuring TLS and authentication. Files in a folder. */
final class BenchCredentials {
    /** An API key that may do everything. */
    static final String API_KEY = "bench-key-of-forty-characters-or-so-0123";

    private static final String PASSWORD = "changeit";

    private final KeyStore store;
    private final Path certificate;
    private final Path key;
    private final Path tokenKey;
    private final Path token;

    private BenchCredentials(KeyStore store, KeyPair tokens, Path folder) throws IOException, GeneralSecurityException {
        this.store = store;
        this.certificate = write(
                folder,
                "certificate.pem",
                "CERTIFICATE",
                store.getCertificate("server").getEncoded());
        this.key = write(
                folder,
                "key.pem",
                "PRIVATE KEY",
                store.getKey("server", PASSWORD.toCharArray()).getEncoded());
        this.tokenKey =
                write(folder, "tokens.pem", "PUBLIC KEY", tokens.getPublic().getEncoded());
        this.token = Files.writeString(folder.resolve("token"), sign(tokens));
    }

    /** @param folder empty; gone with this process */
    static BenchCredentials make(Path folder) throws IOException, GeneralSecurityException, InterruptedException {
        folder.toFile().deleteOnExit(); // after its files
        for (String file : List.of("keys.p12", "certificate.pem", "key.pem", "tokens.pem", "token")) {
            folder.resolve(file).toFile().deleteOnExit();
        }
        Path file = folder.resolve("keys.p12");
        Process keytool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-keyalg",
                        "EC",
                        "-dname",
                        "CN=localhost",
                        "-ext",
                        "san=dns:localhost,ip:127.0.0.1",
                        "-storetype",
                        "PKCS12",
                        "-storepass",
                        PASSWORD,
                        "-keystore",
                        file.toString(),
                        "-alias",
                        "server")
                .inheritIO()
                .start();
        if (!keytool.waitFor(1, TimeUnit.MINUTES) || keytool.exitValue() != 0) {
            throw new IOException("keytool failed");
        }
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(file)) {
            store.load(in, PASSWORD.toCharArray());
        }
        KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
        generator.initialize(2048);
        return new BenchCredentials(store, generator.generateKeyPair(), folder);
    }

    Path certificate() {
        return certificate;
    }

    /** The file of the token. */
    Path token() {
        return token;
    }

    TlsConfig tls() {
        return new TlsConfig(certificate, key, null);
    }

    AuthConfig auth() {
        return new AuthConfig(
                true,
                false,
                true,
                true,
                new JwtConfig(
                        "tasker-core", "tasker-api", List.of("RS256"), "permissions", new JwtConfig.KeyFile(tokenKey)),
                new ApiKeyConfig(
                        "X-API-Key",
                        List.of(new ApiKeyConfig.Key(
                                ApiKeyConfig.sha256(API_KEY), true, List.of(), List.of(), "bench", null))));
    }

    /** What a client trusts. */
    SSLContext trust() throws GeneralSecurityException, IOException {
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        trusted.setCertificateEntry("server", store.getCertificate("server"));
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(trusted);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, factory.getTrustManagers(), null);
        return context;
    }

    private static Path write(Path folder, String file, String type, byte[] bytes) throws IOException {
        return Files.writeString(
                folder.resolve(file),
                "-----BEGIN " + type + "-----\n"
                        + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(bytes)
                        + "\n-----END " + type + "-----\n");
    }

    private static String sign(KeyPair keys) throws GeneralSecurityException {
        Instant now = InstantSource.system().instant();
        String claims = """
            {"sub":"bench","iss":"tasker-core","aud":"tasker-api","iat":%d,"exp":%d,
             "permissions":["worker:*","tasks:*","steps:*"],"worker_namespaces":["*"]}
            """.formatted(
                        now.getEpochSecond(), now.plus(Duration.ofHours(12)).getEpochSecond());
        String signed = part("{\"alg\":\"RS256\",\"typ\":\"JWT\"}") + "." + part(claims);
        Signature signature = Signature.getInstance("SHA256withRSA");
        signature.initSign(keys.getPrivate());
        signature.update(signed.getBytes(StandardCharsets.US_ASCII));
        return signed + "." + Base64.getUrlEncoder().withoutPadding().encodeToString(signature.sign());
    }

    private static String part(String json) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(json.getBytes(StandardCharsets.UTF_8));
    }
}
