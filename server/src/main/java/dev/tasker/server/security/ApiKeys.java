package dev.tasker.server.security;

import dev.tasker.server.config.ApiKeyConfig;
import java.security.MessageDigest;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The API keys of the configuration (03 §3.4). Thread-safe. */
final class ApiKeys {
    private static final Logger log = LoggerFactory.getLogger(ApiKeys.class);

    private final List<Entry> entries = new ArrayList<>();
    private final InstantSource clock;

    @SuppressWarnings("ArrayRecordComponent") // compared by MessageDigest only
    private record Entry(byte[] digest, Principal principal) {}

    ApiKeys(ApiKeyConfig config, PermissionReader permissions, InstantSource clock) {
        this.clock = clock;
        for (ApiKeyConfig.Key key : config.keys()) {
            try {
                entries.add(new Entry(HexFormat.of().parseHex(key.sha256()), principal(key, permissions)));
            } catch (RefusedCredentialException e) {
                log.warn("API key \"{}\" does not count: {}", key.description(), e.getMessage());
            }
        }
    }

    private static Principal principal(ApiKeyConfig.Key key, PermissionReader permissions)
            throws RefusedCredentialException {
        if (key.unrestricted()) {
            return new Principal(key.description(), EnumSet.allOf(Permission.class), Namespaces.ALL, key.expiresAt());
        }
        return new Principal(
                key.description(),
                permissions.read(key.permissions(), key.description()),
                Namespaces.of(key.namespaces()),
                key.expiresAt());
    }

    /** Whether any key counts now. */
    boolean isUsable() {
        return entries.stream().anyMatch(entry -> !isOver(entry.principal()));
    }

    /**
     * Whose key it is. Takes the same time for every key, right or wrong: all are looked at, and digests compared to the end.
     *
     * @param goesOn whether it is used for what it was used for before, where one that expired counts for a while
     */
    Principal find(String key, boolean goesOn) throws RefusedCredentialException {
        byte[] presented = HexFormat.of().parseHex(ApiKeyConfig.sha256(key));
        @Nullable Principal found = null;
        for (Entry entry : entries) {
            boolean isEqual = MessageDigest.isEqual(entry.digest(), presented);
            found = isEqual ? entry.principal() : found;
        }
        if (found == null) {
            throw new RefusedCredentialException("no such API key");
        }
        if (isOver(found) && !(goesOn && found.mayGoOn(clock.instant()))) {
            throw new RefusedCredentialException("API key of " + found.subject() + " expired");
        }
        return found;
    }

    private boolean isOver(Principal principal) {
        Instant expiresAt = principal.expiresAt();
        return expiresAt != null && !clock.instant().isBefore(expiresAt);
    }
}
