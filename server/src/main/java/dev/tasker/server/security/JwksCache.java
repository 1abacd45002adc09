package dev.tasker.server.security;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.jwk.AsymmetricJWK;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKMatcher;
import com.nimbusds.jose.jwk.JWKSelector;
import com.nimbusds.jose.jwk.JWKSet;
import dev.tasker.server.config.JwtConfig;
import java.io.IOException;
import java.security.PublicKey;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Objects;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The keys an issuer publishes, kept (03 §3.3). They are asked for again when the interval is over, or when a token names a key that is
 * not among them; by one caller at a time, while the others go on with what there is, or wait if that is not enough. When nobody answers,
 * the old ones last for the stale limit.
 */
final class JwksCache implements VerificationKeys {
    private static final Logger log = LoggerFactory.getLogger(JwksCache.class);

    /** Between two refreshes for names nobody knows: anybody can make up names. */
    private static final Duration UNKNOWN_KEY_PAUSE = Duration.ofSeconds(30);

    private static final Duration FAILURE_PAUSE = Duration.ofSeconds(10);

    private final Source source;
    private final JwtConfig.KeySet config;
    private final InstantSource clock;
    private final ReentrantLock refreshing = new ReentrantLock();
    private volatile @Nullable Snapshot snapshot; // written under the lock, as are the next
    private @Nullable Instant lastFailure;
    private @Nullable Instant lastUnknownKey;

    /** Where key sets come from. */
    @FunctionalInterface
    interface Source {
        JWKSet fetch() throws IOException;
    }

    private record Snapshot(JWKSet keys, Instant fetchedAt) {}

    JwksCache(Source source, JwtConfig.KeySet config, InstantSource clock) {
        this.source = source;
        this.config = config;
        this.clock = clock;
    }

    /** Asks for the keys now; afterwards there are some. */
    void load() throws IOException {
        refreshing.lock();
        try {
            fetch();
        } finally {
            refreshing.unlock();
        }
    }

    @Override
    public PublicKey find(JWSHeader header) throws RefusedCredentialException {
        if (header.getKeyID() == null || header.getKeyID().isEmpty()) {
            throw new RefusedCredentialException("no kid");
        }
        Snapshot current = current();
        PublicKey key = select(current, header);
        if (key == null) {
            key = select(afterUnknownKey(current), header);
        }
        if (key == null) {
            throw new RefusedCredentialException("no usable key with kid " + Shown.of(header.getKeyID()));
        }
        return key;
    }

    private static @Nullable PublicKey select(Snapshot from, JWSHeader header) throws RefusedCredentialException {
        try {
            for (JWK key : new JWKSelector(JWKMatcher.forJWSHeader(header)).select(from.keys())) {
                PublicKey candidate = key instanceof AsymmetricJWK asymmetric ? asymmetric.toPublicKey() : null;
                if (candidate != null && KeyFit.fits(candidate, header.getAlgorithm())) {
                    return candidate;
                }
            }
            return null;
        } catch (JOSEException e) {
            throw new RefusedCredentialException("key " + Shown.of(header.getKeyID()) + " cannot be read");
        }
    }

    private Snapshot current() throws RefusedCredentialException {
        Snapshot seen = snapshot;
        if (seen != null && isWithin(seen, config.refreshInterval())) {
            return seen;
        }
        Snapshot stale = usable(seen);
        if (stale == null) {
            refreshing.lock();
        } else if (!refreshing.tryLock()) {
            return stale;
        }
        try {
            if (Objects.equals(snapshot, seen)) {
                refresh();
            }
            Snapshot now = usable(snapshot);
            if (now == null) {
                throw new RefusedCredentialException(
                        "no key set from " + config.url().getHost());
            }
            return now;
        } finally {
            refreshing.unlock();
        }
    }

    private Snapshot afterUnknownKey(Snapshot seen) {
        refreshing.lock();
        try {
            Snapshot now = snapshot;
            if (now != null && !now.equals(seen)) {
                return now; // somebody else asked meanwhile
            }
            if (hasPassed(lastUnknownKey, UNKNOWN_KEY_PAUSE)) {
                lastUnknownKey = clock.instant();
                refresh();
            }
            Snapshot fetched = snapshot;
            return fetched == null ? seen : fetched;
        } finally {
            refreshing.unlock();
        }
    }

    /** Fetches, unless that has just failed. */
    private void refresh() {
        if (!hasPassed(lastFailure, FAILURE_PAUSE)) {
            return;
        }
        try {
            fetch();
        } catch (IOException e) {
            log.warn("Key set of {} not refreshed: {}", config.url().getHost(), e.toString());
        }
    }

    private void fetch() throws IOException {
        try {
            JWKSet keys = source.fetch();
            snapshot = new Snapshot(keys, clock.instant());
            lastFailure = null;
            log.info("Key set of {}: {} keys", config.url().getHost(), keys.size());
        } catch (IOException e) {
            lastFailure = clock.instant();
            throw e;
        }
    }

    private @Nullable Snapshot usable(@Nullable Snapshot candidate) {
        return candidate != null && isWithin(candidate, config.refreshInterval().plus(config.maxStale()))
                ? candidate
                : null;
    }

    private boolean isWithin(Snapshot candidate, Duration age) {
        return clock.instant().isBefore(candidate.fetchedAt().plus(age));
    }

    private boolean hasPassed(@Nullable Instant since, Duration pause) {
        return since == null || !clock.instant().isBefore(since.plus(pause));
    }
}
