package dev.tasker.server.config;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which JSON web tokens count (03 §3.3).
 *
 * @param issuer the only {@code iss}
 * @param audience what {@code aud} must be or contain
 * @param algorithms the only {@code alg}, by their names in JOSE
 * @param permissionsClaim name of a claim, or a path into nested ones, joined by dots
 */
public record JwtConfig(String issuer, String audience, List<String> algorithms, String permissionsClaim, Keys keys) {
    private static final Logger log = LoggerFactory.getLogger(JwtConfig.class);

    private static final Set<String> ALGORITHMS =
            Set.of("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512");
    private static final int INTERVAL_SECONDS_MAX = 604_800;

    /** Where the keys that verify signatures are. */
    public sealed interface Keys {}

    /** How tokens are verified, as clients are shown it (03 §1.10). */
    public String verificationMethod() {
        return switch (keys) {
            case NoKey() -> "none";
            case InlineKey _, KeyFile _ -> "public_key";
            case KeySet _ -> "jwks";
        };
    }

    /** Nowhere: no token counts. */
    public record NoKey() implements Keys {}

    /** A public key written in the configuration. */
    public record InlineKey(String pem) implements Keys {}

    /** A public key in a PEM file. */
    public record KeyFile(Path path) implements Keys {}

    /**
     * A key set that the issuer publishes.
     *
     * @param refreshInterval when the key set is asked for again
     * @param maxStale how much longer it is used while nobody answers
     * @param allowHttp whether the address may do without TLS
     */
    public record KeySet(URI url, Duration refreshInterval, Duration maxStale, boolean allowHttp) implements Keys {}

    public JwtConfig {
        algorithms = List.copyOf(algorithms);
    }

    static JwtConfig from(Settings settings, String section, boolean enabled, String issuer, String audience) {
        settings.integer(section + ".jwt_token_expiry_hours", Defaults.of(24), 1, 168); // for tools that make tokens
        if (settings.secret(section + ".jwt_private_key", text -> text) != null) {
            log.warn("{}.jwt_private_key: a server needs no private key; keep it where tokens are made", section);
        }
        return new JwtConfig(
                settings.text(section + ".jwt_issuer", issuer),
                settings.text(section + ".jwt_audience", audience),
                settings.texts(section + ".jwt_allowed_algorithms", List.of("RS256"), ALGORITHMS),
                settings.text(section + ".permissions_claim", "permissions"),
                keys(settings, section, enabled));
    }

    private static Keys keys(Settings settings, String section, boolean enabled) {
        String method = settings.choice(section + ".jwt_verification_method", "public_key", List.of("jwks"));
        Path path = settings.path(section + ".jwt_public_key_path");
        String inline = settings.secret(section + ".jwt_public_key", text -> text);
        boolean allowHttp = settings.flag(section + ".jwks_url_allow_http", false);
        URI url = settings.parsed(section + ".jwks_url", "", text -> url(text, allowHttp), null);
        int refreshSeconds = settings.integer(
                section + ".jwks_refresh_interval_seconds", Defaults.of(3_600), 1, INTERVAL_SECONDS_MAX);
        int staleSeconds =
                settings.integer(section + ".jwks_max_stale_seconds", Defaults.of(300), 0, INTERVAL_SECONDS_MAX);
        if (method.equals("jwks")) {
            if (url == null) {
                if (enabled) {
                    settings.violation(section + ".jwt_verification_method", method, "jwks_url beside it");
                }
                return new NoKey();
            }
            return new KeySet(url, Duration.ofSeconds(refreshSeconds), Duration.ofSeconds(staleSeconds), allowHttp);
        }
        if (path != null) {
            return new KeyFile(path);
        }
        return inline == null ? new NoKey() : new InlineKey(inline);
    }

    /** Null for an empty text. */
    private static @Nullable URI url(String text, boolean allowHttp) {
        if (text.isEmpty()) {
            return null;
        }
        String expected = allowHttp ? "http(s)://host/…" : "https://host/…, or jwks_url_allow_http = true beside it";
        URI url;
        try {
            url = URI.create(text);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(expected, e);
        }
        String scheme = url.getScheme() == null ? "" : url.getScheme().toLowerCase(Locale.ROOT);
        if (url.getHost() == null || !(scheme.equals("https") || (allowHttp && scheme.equals("http")))) {
            throw new IllegalArgumentException(expected);
        }
        return url;
    }
}
