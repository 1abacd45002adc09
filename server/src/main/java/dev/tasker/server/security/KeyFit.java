package dev.tasker.server.security;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.jwk.Curve;
import java.security.PublicKey;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;

/** Which algorithms a key serves. */
final class KeyFit {
    private static final int RSA_BITS_MIN = 2048;

    private KeyFit() {}

    static boolean fits(PublicKey key, JWSAlgorithm algorithm) {
        return switch (key) {
            case RSAPublicKey rsa -> JWSAlgorithm.Family.RSA.contains(algorithm) && isStrong(rsa);
            case ECPublicKey ec -> JWSAlgorithm.Family.EC.contains(algorithm) && isOfCurve(ec, algorithm);
            default -> false;
        };
    }

    static boolean isStrong(PublicKey key) {
        return !(key instanceof RSAPublicKey rsa) || rsa.getModulus().bitLength() >= RSA_BITS_MIN;
    }

    private static boolean isOfCurve(ECPublicKey key, JWSAlgorithm algorithm) {
        Curve curve = Curve.forECParameterSpec(key.getParams());
        return curve != null && Curve.forJWSAlgorithm(algorithm).contains(curve);
    }
}
