package dev.tasker.server.security;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.KeySpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads keys and certificates from PEM. RSA keys may be in the form of PKCS#1, for which the platform has no reader: it is put into the
 * envelope that names the algorithm.
 */
final class Pem {
    private static final Pattern BLOCK =
            Pattern.compile("-----BEGIN ([A-Z0-9 ]+)-----([A-Za-z0-9+/=\\s]+)-----END \\1-----");

    /** AlgorithmIdentifier {rsaEncryption, NULL}. */
    private static final byte[] RSA = HexFormat.of().parseHex("300d06092a864886f70d0101010500");

    private static final byte[] VERSION_0 = {2, 1, 0};
    private static final int SEQUENCE = 0x30;
    private static final int BIT_STRING = 0x03;
    private static final int OCTET_STRING = 0x04;

    private Pem() {}

    @SuppressWarnings("ArrayRecordComponent") // on its way from text to key
    private record Block(String label, byte[] der) {}

    /** The public key of a text: {@code PUBLIC KEY} (RSA or EC), {@code RSA PUBLIC KEY}. */
    static PublicKey publicKey(String text) throws GeneralSecurityException {
        for (Block block : blocks(text)) {
            switch (block.label()) {
                case "PUBLIC KEY" -> {
                    return key(new X509EncodedKeySpec(block.der()), KeyFactory::generatePublic);
                }
                case "RSA PUBLIC KEY" -> {
                    byte[] bits = der(BIT_STRING, new byte[] {0}, block.der());
                    return key(new X509EncodedKeySpec(der(SEQUENCE, RSA, bits)), KeyFactory::generatePublic);
                }
                default -> {} // something else in the same text
            }
        }
        throw new InvalidKeySpecException("no public key (expected: PEM with PUBLIC KEY or RSA PUBLIC KEY)");
    }

    /** The private key of a text: {@code PRIVATE KEY} (RSA or EC), {@code RSA PRIVATE KEY}. */
    static PrivateKey privateKey(String text) throws GeneralSecurityException {
        for (Block block : blocks(text)) {
            switch (block.label()) {
                case "PRIVATE KEY" -> {
                    return key(new PKCS8EncodedKeySpec(block.der()), KeyFactory::generatePrivate);
                }
                case "RSA PRIVATE KEY" -> {
                    byte[] octets = der(OCTET_STRING, block.der());
                    return key(
                            new PKCS8EncodedKeySpec(der(SEQUENCE, VERSION_0, RSA, octets)),
                            KeyFactory::generatePrivate);
                }
                default -> {}
            }
        }
        throw new InvalidKeySpecException(
                "no private key (expected: unencrypted PEM with PRIVATE KEY or RSA PRIVATE KEY;"
                        + " openssl pkcs8 -topk8 -nodes converts others)");
    }

    /** The certificates of a text, in their order; at least one. */
    static List<X509Certificate> certificates(String text) throws GeneralSecurityException {
        CertificateFactory factory = CertificateFactory.getInstance("X.509");
        List<X509Certificate> certificates = new ArrayList<>();
        for (Block block : blocks(text)) {
            if (block.label().equals("CERTIFICATE")) {
                certificates.add((X509Certificate) factory.generateCertificate(new ByteArrayInputStream(block.der())));
            }
        }
        if (certificates.isEmpty()) {
            throw new CertificateException("no certificate (expected: PEM with CERTIFICATE)");
        }
        return certificates;
    }

    private static List<Block> blocks(String text) throws InvalidKeySpecException {
        List<Block> blocks = new ArrayList<>();
        Matcher matcher = BLOCK.matcher(text);
        while (matcher.find()) {
            try {
                byte[] base64 = matcher.group(2).getBytes(StandardCharsets.US_ASCII);
                blocks.add(new Block(matcher.group(1), Base64.getMimeDecoder().decode(base64)));
            } catch (IllegalArgumentException e) {
                throw new InvalidKeySpecException(matcher.group(1) + " is not Base64", e);
            }
        }
        return blocks;
    }

    private interface Generator<K> {
        K generate(KeyFactory factory, KeySpec spec) throws InvalidKeySpecException;
    }

    private static <K> K key(KeySpec spec, Generator<K> generator) throws GeneralSecurityException {
        try {
            return generator.generate(KeyFactory.getInstance("RSA"), spec);
        } catch (InvalidKeySpecException notRsa) {
            try {
                return generator.generate(KeyFactory.getInstance("EC"), spec);
            } catch (InvalidKeySpecException e) {
                e.addSuppressed(notRsa);
                throw new InvalidKeySpecException("neither an RSA nor an EC key", e);
            }
        }
    }

    /** A DER value of these parts. */
    private static byte[] der(int tag, byte[]... parts) {
        int length = 0;
        for (byte[] part : parts) {
            length += part.length;
        }
        byte[] head = head(tag, length);
        byte[] value = new byte[head.length + length];
        System.arraycopy(head, 0, value, 0, head.length);
        int at = head.length;
        for (byte[] part : parts) {
            System.arraycopy(part, 0, value, at, part.length);
            at += part.length;
        }
        return value;
    }

    /** Tag and length, this in as few bytes as it takes. */
    private static byte[] head(int tag, int length) {
        if (length < 0x80) {
            return new byte[] {(byte) tag, (byte) length};
        }
        if (length < 0x100) {
            return new byte[] {(byte) tag, (byte) 0x81, (byte) length};
        }
        if (length < 0x10000) {
            return new byte[] {(byte) tag, (byte) 0x82, (byte) (length >> 8), (byte) length};
        }
        throw new IllegalArgumentException(length + " bytes (expected: a key)");
    }
}
