package dev.tasker.server.security;

import com.nimbusds.jose.JWSAlgorithm;
import dev.tasker.engine.meter.Instrument;
import dev.tasker.server.config.AuthConfig;
import dev.tasker.server.config.ConfigException;
import dev.tasker.server.config.JwtConfig;
import dev.tasker.server.security.Admission.Reason;
import dev.tasker.server.security.Admission.Refused;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Says who calls and whether they may (03 §3). One for all listeners of a process. Thread-safe; may block while a key set is fetched. */
public final class Authenticator {
    /** Lets everybody do everything. */
    public static final Authenticator DISABLED = new Authenticator(AuthConfig.DISABLED, null, null);

    private static final Logger log = LoggerFactory.getLogger(Authenticator.class);

    private final AuthConfig config;
    private final @Nullable JwtVerifier tokens;
    private final @Nullable ApiKeys apiKeys;
    private final SecurityMeter meter = new SecurityMeter();

    private Authenticator(AuthConfig config, @Nullable JwtVerifier tokens, @Nullable ApiKeys apiKeys) {
        this.config = config;
        this.tokens = tokens;
        this.apiKeys = apiKeys;
    }

    /**
     * Loads the keys that verify credentials.
     *
     * @throws ConfigException when authentication is on and nothing can be verified, unless that is allowed
     */
    public static Authenticator open(AuthConfig config, InstantSource clock) {
        return open(config, clock, new PublicHosts(InetAddress::getAllByName));
    }

    static Authenticator open(AuthConfig config, InstantSource clock, HostCheck hosts) {
        if (!config.enabled()) {
            return new Authenticator(AuthConfig.DISABLED, null, null);
        }
        PermissionReader permissions = new PermissionReader(config);
        ApiKeys apiKeys = new ApiKeys(config.apiKeys(), permissions, clock);
        List<String> problems = new ArrayList<>();
        VerificationKeys keys = keys(config.jwt(), clock, hosts, problems);
        boolean isUsable = apiKeys.isUsable() || (keys != null && problems.isEmpty());
        if (!isUsable) {
            problems.add(
                    "authentication is on and nothing can verify a credential (expected: a public key, a key set that"
                            + " can be fetched, or an API key; or allow_degraded_auth = true)");
        }
        if (!isUsable && !config.allowDegraded()) {
            throw ConfigException.of(problems);
        }
        problems.forEach(problem -> log.warn("Authentication: {}", problem));
        JwtVerifier tokens = keys == null ? null : new JwtVerifier(config.jwt(), keys, permissions, clock);
        return new Authenticator(config, tokens, apiKeys);
    }

    /** Keys, or null and a problem; a key set that cannot be fetched now is both. */
    private static @Nullable VerificationKeys keys(
            JwtConfig config, InstantSource clock, HostCheck hosts, List<String> problems) {
        try {
            return switch (config.keys()) {
                case JwtConfig.NoKey() -> null;
                case JwtConfig.InlineKey(String pem) -> staticKey(pem, config);
                case JwtConfig.KeyFile(var path) -> staticKey(Files.readString(path), config);
                case JwtConfig.KeySet set -> {
                    JwksCache cache = new JwksCache(new JwksFetcher(set.url(), hosts), set, clock);
                    try {
                        cache.load();
                    } catch (IOException e) {
                        problems.add("jwks_url: " + set.url() + ": " + e.getMessage());
                    }
                    yield cache;
                }
            };
        } catch (IOException e) {
            problems.add("jwt_public_key_path: " + e);
        } catch (GeneralSecurityException e) {
            problems.add("jwt_public_key: " + e.getMessage());
        }
        return null;
    }

    private static StaticKey staticKey(String pem, JwtConfig config) throws GeneralSecurityException {
        PublicKey key = Pem.publicKey(pem);
        if (config.algorithms().stream().noneMatch(name -> KeyFit.fits(key, JWSAlgorithm.parse(name)))) {
            throw new GeneralSecurityException(key.getAlgorithm() + " key serves none of " + config.algorithms()
                    + " (expected: RSA of at least 2048 bits, or EC of the curve of an algorithm in"
                    + " jwt_allowed_algorithms)");
        }
        return new StaticKey(key);
    }

    /** Whether callers are looked at. */
    public boolean isEnabled() {
        return config.enabled();
    }

    /** What was counted of callers. */
    public List<Instrument> instruments() {
        return meter.instruments();
    }

    /** Name of the header API keys come in. */
    public String apiKeyHeader() {
        return config.apiKeys().header();
    }

    /**
     * Whether somebody may call an operation. Refusals are logged, never with the credential.
     *
     * @param operation for the log
     */
    public Admission admit(Credential credential, Access access, String operation) {
        return admit(credential, access, operation, false);
    }

    /**
     * As the other.
     *
     * @param goesOn whether the operation goes on with something begun before: for that, a credential counts {@link Principal#GRACE} longer
     */
    public Admission admit(Credential credential, Access access, String operation, boolean goesOn) {
        if (!config.enabled()) {
            meter.disabled();
            return new Admission.Granted(Principal.ANYBODY);
        }
        Admission admission = switch (access) {
            case Access.Public() -> new Admission.Granted(Principal.NOBODY);
            case Access.Needs(Permission permission) -> {
                Admission judged = judge(credential, permission, operation, goesOn);
                meter.judged(credential, permission, judged);
                yield judged;
            }
        };
        switch (admission) {
            case Admission.Granted(Principal principal) -> log.debug("{} for {}", operation, principal.subject());
            case Refused(Reason reason, String message) ->
                log.warn("{} refused, {}: {}", operation, reason.text(), message);
        }
        return admission;
    }

    private Admission judge(Credential credential, Permission permission, String operation, boolean goesOn) {
        Principal principal;
        try {
            switch (credential) {
                case Credential.None() -> {
                    return new Refused(Reason.MISSING, "Missing authentication credentials");
                }
                case Credential.Malformed(String header) -> {
                    return new Refused(Reason.MALFORMED, "Malformed " + header + " header");
                }
                case Credential.Bearer(String token) -> principal = verify(token); // whose leeway for clocks is as long
                case Credential.ApiKey(String key) -> principal = find(key, goesOn);
            }
        } catch (RefusedCredentialException e) {
            log.info("{}: {}", operation, e.getMessage());
            boolean isToken = credential instanceof Credential.Bearer;
            return new Refused(Reason.INVALID, isToken ? "Invalid or expired token" : "Invalid API key");
        }
        return principal.may(permission)
                ? new Admission.Granted(principal)
                : new Refused(Reason.FORBIDDEN, "Missing required permission: " + permission.text());
    }

    private Principal verify(String token) throws RefusedCredentialException {
        if (tokens == null) {
            throw new RefusedCredentialException("no key for tokens");
        }
        long began = System.nanoTime();
        boolean good = false;
        try {
            Principal principal = tokens.verify(token);
            good = true;
            return principal;
        } finally {
            meter.verified(good, System.nanoTime() - began);
        }
    }

    private Principal find(String key, boolean goesOn) throws RefusedCredentialException {
        if (apiKeys == null) {
            throw new RefusedCredentialException("no API keys");
        }
        return apiKeys.find(key, goesOn);
    }
}
