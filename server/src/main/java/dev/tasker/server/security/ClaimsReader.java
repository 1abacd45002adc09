package dev.tasker.server.security;

import dev.tasker.server.config.JwtConfig;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Judges the claims of a token whose signature is right. */
final class ClaimsReader {
    /** How far clocks may be apart. */
    static final Duration LEEWAY = Duration.ofSeconds(60);

    private static final double SECONDS_MAX = 253_402_300_799d; // the end of year 9999
    private static final Pattern DOT = Pattern.compile("\\.");
    private static final Pattern BLANKS = Pattern.compile("\\s+");

    private final JwtConfig config;
    private final PermissionReader permissions;
    private final InstantSource clock;

    ClaimsReader(JwtConfig config, PermissionReader permissions, InstantSource clock) {
        this.config = config;
        this.permissions = permissions;
        this.clock = clock;
    }

    Principal principal(Map<String, Object> claims) throws RefusedCredentialException {
        if (!(claims.get("sub") instanceof String subject)) {
            throw new RefusedCredentialException("no sub");
        }
        if (!config.issuer().equals(claims.get("iss"))) {
            throw new RefusedCredentialException("wrong iss");
        }
        Object audience = claims.get("aud");
        if (!config.audience().equals(audience)
                && !(audience instanceof List<?> several && several.contains(config.audience()))) {
            throw new RefusedCredentialException("wrong aud");
        }
        Instant expiresAt = time(claims, "exp");
        Instant issuedAt = time(claims, "iat");
        if (expiresAt == null || issuedAt == null) {
            throw new RefusedCredentialException(expiresAt == null ? "no exp" : "no iat");
        }
        requireCurrent(expiresAt);
        Instant notBefore = time(claims, "nbf");
        if (notBefore != null && clock.instant().plus(LEEWAY).isBefore(notBefore)) {
            throw new RefusedCredentialException("not valid before " + notBefore);
        }
        return new Principal(
                subject,
                permissions.read(words(find(claims, config.permissionsClaim()), config.permissionsClaim()), subject),
                Namespaces.of(words(claims.get("worker_namespaces"), "worker_namespaces")),
                expiresAt);
    }

    /** Refuses somebody whose token, good before, has expired. */
    void requireCurrent(Principal principal) throws RefusedCredentialException {
        Instant expiresAt = principal.expiresAt();
        if (expiresAt != null) {
            requireCurrent(expiresAt);
        }
    }

    private void requireCurrent(Instant expiresAt) throws RefusedCredentialException {
        if (clock.instant().isAfter(expiresAt.plus(LEEWAY))) {
            throw new RefusedCredentialException("expired at " + expiresAt);
        }
    }

    private static @Nullable Instant time(Map<String, Object> claims, String name) throws RefusedCredentialException {
        Object value = claims.get(name);
        if (value == null) {
            return null;
        }
        if (value instanceof Number number
                && number.doubleValue() >= 0
                && number.doubleValue() <= SECONDS_MAX) { // neither is true of what is no number
            return Instant.ofEpochMilli((long) (number.doubleValue() * 1000));
        }
        throw new RefusedCredentialException(name + " is no time");
    }

    /** The claim of that name, which may have dots in it, or else the one at the end of that path. */
    private static @Nullable Object find(Map<String, Object> claims, String name) {
        if (claims.containsKey(name)) {
            return claims.get(name);
        }
        Object value = claims;
        for (String part : DOT.split(name, -1)) {
            value = value instanceof Map<?, ?> object ? object.get(part) : null;
        }
        return value;
    }

    /** A list of texts, or one text with blanks between words, as {@code scope} has them. */
    private static List<String> words(@Nullable Object value, String name) throws RefusedCredentialException {
        if (value == null) {
            return List.of();
        }
        if (value instanceof String text) {
            return BLANKS.splitAsStream(text).filter(word -> !word.isEmpty()).toList();
        }
        List<String> words = new ArrayList<>();
        if (value instanceof List<?> items) {
            for (Object item : items) {
                if (item instanceof String word) {
                    words.add(word);
                }
            }
            if (words.size() == items.size()) {
                return words;
            }
        }
        throw new RefusedCredentialException(name + " is no list of texts");
    }
}
