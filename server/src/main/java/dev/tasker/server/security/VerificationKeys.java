package dev.tasker.server.security;

import com.nimbusds.jose.JWSHeader;
import java.security.PublicKey;

/** Finds the key that verifies a token: a fixed one, or one of a published set. Thread-safe. */
interface VerificationKeys {

    /** The key for a token with this header. May block while a key set is fetched. */
    PublicKey find(JWSHeader header) throws RefusedCredentialException;
}
