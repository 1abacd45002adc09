package dev.tasker.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/** RSA keys in PEM files. */
final class KeyFiles {
    static final String PRIVATE = "jwt-private-key.pem";
    static final String PUBLIC = "jwt-public-key.pem";

    private static final int BITS_MIN = 2048;
    private static final int BITS_MAX = 16_384;

    private KeyFiles() {}

    /** Makes both; the private one for its owner's eyes only. What is there is not overwritten. */
    static void write(Path folder, int bits) {
        if (bits < BITS_MIN || bits > BITS_MAX) {
            throw refused("--key-size: " + bits + " (expected: " + BITS_MIN + " to " + BITS_MAX + ")", null);
        }
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
            generator.initialize(bits);
            KeyPair pair = generator.generateKeyPair();
            Files.createDirectories(folder);
            Path secret = folder.resolve(PRIVATE);
            if (Files.getFileStore(folder).supportsFileAttributeView("posix")) {
                Files.createFile(
                        secret, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            } else {
                Files.createFile(secret);
            }
            Files.writeString(secret, pem("PRIVATE KEY", pair.getPrivate()));
            Files.writeString(
                    folder.resolve(PUBLIC), pem("PUBLIC KEY", pair.getPublic()), StandardOpenOption.CREATE_NEW);
        } catch (FileAlreadyExistsException e) {
            throw refused(e.getMessage() + " is there already (expected: a folder without keys)", e);
        } catch (IOException | GeneralSecurityException e) {
            throw refused(folder + ": keys cannot be written: " + e, e);
        }
    }

    static PrivateKey privateKey(Path file) {
        try {
            return KeyFactory.getInstance("RSA").generatePrivate(new PKCS8EncodedKeySpec(decoded(file, "PRIVATE KEY")));
        } catch (GeneralSecurityException e) {
            throw refused(file + ": not an RSA key (expected: PKCS#8, as generate-keys writes it)", e);
        }
    }

    static RSAPublicKey publicKey(Path file) {
        try {
            return (RSAPublicKey)
                    KeyFactory.getInstance("RSA").generatePublic(new X509EncodedKeySpec(decoded(file, "PUBLIC KEY")));
        } catch (GeneralSecurityException e) {
            throw refused(file + ": not an RSA key (expected: SPKI, as generate-keys writes it)", e);
        }
    }

    private static byte[] decoded(Path file, String kind) {
        String text;
        try {
            text = Files.readString(file);
        } catch (IOException e) {
            throw refused(file + ": cannot be read (expected: a key in PEM)", e);
        }
        String begin = "-----BEGIN " + kind + "-----";
        int from = text.indexOf(begin);
        int to = text.indexOf("-----END " + kind + "-----");
        if (from < 0 || to < from) {
            throw refused(file + ": no " + kind + " in it (expected: PEM)", null);
        }
        return Base64.getMimeDecoder().decode(text.substring(from + begin.length(), to));
    }

    private static String pem(String kind, Key key) {
        String text = Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII))
                .encodeToString(key.getEncoded());
        return "-----BEGIN " + kind + "-----\n" + text + "\n-----END " + kind + "-----\n";
    }

    private static CommandException refused(String sentence, @Nullable Throwable cause) {
        return new CommandException(1, sentence, cause);
    }
}
