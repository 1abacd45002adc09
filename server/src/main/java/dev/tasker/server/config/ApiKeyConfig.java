package dev.tasker.server.config;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The API keys that count (03 §3.4).
 *
 * @param header name of the header they come in
 * @param keys those that count now: none when they are switched off
 */
public record ApiKeyConfig(String header, List<Key> keys) {
    private static final Logger log = LoggerFactory.getLogger(ApiKeyConfig.class);

    private static final Pattern HEADER_NAME = Pattern.compile("[A-Za-z0-9!#$%&'*+.^_`|~-]{1,64}");
    private static final Pattern DIGEST = Pattern.compile("[0-9a-fA-F]{64}");

    /**
     * An API key, known by its digest alone.
     *
     * @param sha256 of the key's UTF-8, in lower-case hexadecimal digits
     * @param unrestricted it may do everything everywhere, whatever the lists say
     * @param namespaces whose work a worker with this key gets; {@code *} for all
     * @param description whom it is for; the subject of whoever presents it
     * @param expiresAt when it stops counting, null: never
     */
    public record Key(
            String sha256,
            boolean unrestricted,
            List<String> permissions,
            List<String> namespaces,
            String description,
            @Nullable Instant expiresAt) {

        public Key {
            permissions = List.copyOf(permissions);
            namespaces = List.copyOf(namespaces);
        }

        @Override
        public String toString() {
            return "Key[***, permissions=" + permissions + ", namespaces=" + namespaces + ", description=" + description
                    + ", expiresAt=" + expiresAt + "]";
        }
    }

    public ApiKeyConfig {
        keys = List.copyOf(keys);
    }

    /** The digest by which a key is known. */
    public static String sha256(String key) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(key.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    static ApiKeyConfig from(Settings settings, String section) {
        String header = settings.parsed(section + ".api_key_header", "X-API-Key", ApiKeyConfig::header, "X-API-Key");
        boolean enabled = settings.flag(section + ".api_keys_enabled", false);
        String legacy = settings.secret(section + ".api_key", text -> text);
        List<Key> keys = new ArrayList<>();
        for (int i = 0; i < settings.tables(section + ".api_keys"); i++) {
            Key key = key(settings, section + ".api_keys[" + i + "]", i);
            if (key != null && enabled) {
                keys.add(key);
            }
        }
        if (legacy != null) {
            log.warn("{}.api_key: deprecated, it may do everything; use [[{}.api_keys]]", section, section);
            keys.add(new Key(sha256(legacy), true, List.of(), List.of(), "legacy-api-key", null));
        }
        return new ApiKeyConfig(header, keys);
    }

    private static @Nullable Key key(Settings settings, String entry, int index) {
        String fromKey = settings.secret(entry + ".key", ApiKeyConfig::sha256);
        String digest = settings.secret(entry + ".key_sha256", ApiKeyConfig::digest);
        Instant expiresAt = settings.instant(entry + ".expires_at");
        List<String> permissions = settings.texts(entry + ".permissions", List.of(), Set.of());
        List<String> namespaces = settings.texts(entry + ".namespaces", List.of(), Set.of());
        String description = settings.parsed(entry + ".description", "", text -> text, "");
        String subject = description.isBlank() ? "api-key-" + (index + 1) : description;
        if ((fromKey == null) == (digest == null)) {
            settings.violation(entry + ".key", "***", "either key or key_sha256, the one that is not empty");
            return null;
        }
        return new Key(fromKey == null ? digest : fromKey, false, permissions, namespaces, subject, expiresAt);
    }

    private static String header(String name) {
        if (!HEADER_NAME.matcher(name).matches() || name.equalsIgnoreCase("Authorization")) {
            throw new IllegalArgumentException("the name of a header other than Authorization");
        }
        return name;
    }

    private static String digest(String text) {
        if (!DIGEST.matcher(text).matches()) {
            throw new IllegalArgumentException("64 hexadecimal digits, the SHA-256 of the key");
        }
        return text.toLowerCase(Locale.ROOT);
    }
}
