package dev.tasker.server.security;

import com.nimbusds.jose.JWSHeader;
import java.security.PublicKey;

/** The one key of the configuration. */
record StaticKey(PublicKey key) implements VerificationKeys {

    @Override
    public PublicKey find(JWSHeader header) throws RefusedCredentialException {
        if (!KeyFit.fits(key, header.getAlgorithm())) {
            throw new RefusedCredentialException("alg " + header.getAlgorithm() + " does not go with the public key");
        }
        return key;
    }
}
