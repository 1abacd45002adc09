package dev.tasker.server.security;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSHeader;
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

/**
 * Makes principals of JSON web tokens (03 §3.3). A signature is verified once: of a token seen before it is asked again which key is its own
 * now, and whether its time is up, and nothing else, for nothing else can have changed. Thread-safe.
 */
final class JwtVerifier {
    private static final int REMEMBERED_MAX = 1_000;

    private final JwtConfig config;
    private final VerificationKeys keys;
    private final ClaimsReader claims;
    private final Cache<String, Verified> verified =
            Caffeine.newBuilder().maximumSize(REMEMBERED_MAX).build();

    /** A token whose signature this key has verified. */
    private record Verified(JWSHeader header, PublicKey key, Principal principal) {}

    JwtVerifier(JwtConfig config, VerificationKeys keys, PermissionReader permissions, InstantSource clock) {
        this.config = config;
        this.keys = keys;
        this.claims = new ClaimsReader(config, permissions, clock);
    }

    /** Whose token it is. May block while a key set is fetched. */
    Principal verify(String token) throws RefusedCredentialException {
        Verified known = verified.getIfPresent(token);
        if (known != null && known.key().equals(keys.find(known.header()))) {
            claims.requireCurrent(known.principal());
            return known.principal();
        }
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
        Principal principal = claims.principal(payload);
        verified.put(token, new Verified(signed.getHeader(), key, principal));
        return principal;
    }

    private static JWSVerifier verifier(PublicKey key) throws JOSEException {
        return switch (key) {
            case RSAPublicKey rsa -> new RSASSAVerifier(rsa);
            case ECPublicKey ec -> new ECDSAVerifier(ec);
            default -> throw new JOSEException(key.getAlgorithm());
        };
    }
}
