package dev.tasker.server.security;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;

/** Certificates of an authority made for a test: two for a server on this machine, one for a client. */
public final class TestCertificates {
    private static final String PASSWORD = "changeit";

    private final Path folder;
    private final KeyStore store;

    private TestCertificates(Path folder, KeyStore store) {
        this.folder = folder;
        this.store = store;
    }

    public static TestCertificates make(Path folder) throws Exception {
        Path file = folder.resolve("keys.p12");
        keytool(file, "ca", "-ext", "bc:c");
        for (String name : List.of("first", "second")) {
            keytool(file, name, "-signer", "ca", "-ext", "san=dns:localhost,ip:127.0.0.1");
        }
        keytool(file, "client", "-signer", "ca");
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(file)) {
            store.load(in, PASSWORD.toCharArray());
        }
        return new TestCertificates(folder, store);
    }

    private static void keytool(Path store, String alias, String... more) throws Exception {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-keyalg",
                alias.equals("second") ? "RSA" : "EC",
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

    /** Writes the certificate of that name, and its issuer's, to {@code file}. */
    public Path certificate(String name, String file) throws IOException, GeneralSecurityException {
        return Files.writeString(
                folder.resolve(file),
                TestKeys.pem("CERTIFICATE", store.getCertificate(name).getEncoded()));
    }

    /** What a client shows that has all of these. */
    public KeyManager[] keyManagers() throws GeneralSecurityException {
        KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        factory.init(store, PASSWORD.toCharArray());
        return factory.getKeyManagers();
    }

    public Path key(String name, String file) throws IOException, GeneralSecurityException {
        return Files.writeString(
                folder.resolve(file),
                TestKeys.pem(
                        "PRIVATE KEY",
                        store.getKey(name, PASSWORD.toCharArray()).getEncoded()));
    }
}
