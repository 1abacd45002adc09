package dev.tasker.cli;

import dev.tasker.server.config.ApiKeyConfig;
import dev.tasker.server.config.AuthConfig;
import dev.tasker.server.config.JwtConfig;
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
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** An authority with the certificates of a server and of a worker, and a key that signs tokens; files in a folder. */
final class Credentials {
    private static final String PASSWORD = "changeit";

    private final Path folder;
    private final KeyStore store;
    private final KeyPair tokens;

    private Credentials(Path folder, KeyStore store, KeyPair tokens) {
        this.folder = folder;
        this.store = store;
        this.tokens = tokens;
    }

    static Credentials make(Path folder) throws Exception {
        Path file = folder.resolve("keys.p12");
        keytool(file, "ca", "-ext", "bc:c");
        keytool(file, "server", "-signer", "ca", "-ext", "san=dns:localhost,ip:127.0.0.1");
        keytool(file, "worker", "-signer", "ca");
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(file)) {
            store.load(in, PASSWORD.toCharArray());
        }
        KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
        generator.initialize(2048);
        return new Credentials(folder, store, generator.generateKeyPair());
    }

    private static void keytool(Path store, String alias, String... more) throws Exception {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-keyalg",
                "EC",
                "-dname",
                "CN=" + alias,
                "-storetype",
                "PKCS12",
                "-storepass",
                PASSWORD,
                "-keystore",
                store.toString(),
                "-alias",
                alias));
        command.addAll(List.of(more));
        Process process = new ProcessBuilder(command).inheritIO().start();
        if (!process.waitFor(60, TimeUnit.SECONDS) || process.exitValue() != 0) {
            throw new IOException(command + " failed");
        }
    }

    Path certificate(String name) throws IOException, GeneralSecurityException {
        return write(name + ".pem", "CERTIFICATE", store.getCertificate(name).getEncoded());
    }

    Path key(String name) throws IOException, GeneralSecurityException {
        return write(
                name + "-key.pem",
                "PRIVATE KEY",
                store.getKey(name, PASSWORD.toCharArray()).getEncoded());
    }

    /** The public key that verifies the tokens. */
    Path tokenKey() throws IOException {
        return write("tokens.pem", "PUBLIC KEY", tokens.getPublic().getEncoded());
    }

    private Path write(String file, String type, byte[] bytes) throws IOException {
        return Files.writeString(
                folder.resolve(file),
                "-----BEGIN " + type + "-----\n"
                        + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(bytes)
                        + "\n-----END " + type + "-----\n");
    }

    /** A token that lets a worker connect for all namespaces. */
    String workerToken() throws GeneralSecurityException {
        Instant now = Instant.now();
        String claims = """
            {"sub":"worker","iss":"tasker-core","aud":"tasker-api","iat":%d,"exp":%d,
             "permissions":["worker:connect"],"worker_namespaces":["*"]}
            """.formatted(
                        now.getEpochSecond(), now.plus(Duration.ofHours(1)).getEpochSecond());
        String signed = part("{\"alg\":\"RS256\",\"typ\":\"JWT\"}") + "." + part(claims);
        Signature signature = Signature.getInstance("SHA256withRSA");
        signature.initSign(tokens.getPrivate());
        signature.update(signed.getBytes(StandardCharsets.US_ASCII));
        return signed + "." + Base64.getUrlEncoder().withoutPadding().encodeToString(signature.sign());
    }

    private static String part(String json) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(json.getBytes(StandardCharsets.UTF_8));
    }

    /** What a server asks of workers: a token of this authority, or the key {@code open-sesame} in {@code X-Worker-Key}. */
    AuthConfig workersOnly() throws IOException {
        return new AuthConfig(
                true,
                false,
                true,
                true,
                new JwtConfig(
                        "tasker-core",
                        "tasker-api",
                        List.of("RS256"),
                        "permissions",
                        new JwtConfig.KeyFile(tokenKey())),
                new ApiKeyConfig(
                        "X-Worker-Key",
                        List.of(new ApiKeyConfig.Key(
                                ApiKeyConfig.sha256("open-sesame"),
                                false,
                                List.of("worker:connect"),
                                List.of("*"),
                                "worker",
                                null))));
    }
}
