package dev.tasker.server.security;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSVerifier;
import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jose.crypto.RSASSAVerifier;
import com.nimbusds.jwt.SignedJWT;
import dev.tasker.server.config.JwtConfig;
import java.security.PublicKey;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.text.ParseException;
import java.time.InstantSource;
import java.util.Map;

/** Makes principals of JSON web tokens (03 §3.3). Thread-safe. */
final class JwtVerifier {
    private final JwtConfig config;
    private final VerificationKeys keys;
    private final ClaimsReader claims;

    JwtVerifier(JwtConfig config, VerificationKeys keys, PermissionReader permissions, InstantSource clock) {
        this.config = config;
        this.keys = keys;
        this.claims = new ClaimsReader(config, permissions, clock);
    }

    /** Whose token it is. May block while a key set is fetched. */
    Principal verify(String token) throws RefusedCredentialException {
        SignedJWT signed;
        try {
            signed = SignedJWT.parse(token);
        } catch (ParseException | IllegalArgumentException e) {
            throw new RefusedCredentialException("not a signed token");
        }
        String algorithm = signed.getHeader().getAlgorithm().getName();
        if (!config.algorithms()
                .contains(algorithm)) { // the configuration knows no HMAC, and none is no algorithm of signed tokens
            throw new RefusedCredentialException("alg " + Shown.of(algorithm) + " is not allowed");
        }
        PublicKey key = keys.find(signed.getHeader());
        try {
            if (!signed.verify(verifier(key))) {
                throw new RefusedCredentialException("wrong signature");
            }
        } catch (JOSEException | IllegalStateException e) {
            throw new RefusedCredentialException("signature cannot be verified");
        }
        Map<String, Object> payload = signed.getPayload().toJSONObject();
        if (payload == null) {
            throw new RefusedCredentialException("claims are no JSON object");
        }
        return claims.principal(payload);
    }

    private static JWSVerifier verifier(PublicKey key) throws JOSEException {
        return switch (key) {
            case RSAPublicKey rsa -> new RSASSAVerifier(rsa);
            case ECPublicKey ec -> new ECDSAVerifier(ec);
            default -> throw new JOSEException(key.getAlgorithm());
        };
    }
}
