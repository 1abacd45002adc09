package dev.tasker.server.security;

import dev.tasker.server.config.AuthConfig;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Turns the words of a credential into permissions (03 §3.5). */
final class PermissionReader {
    private static final Logger log = LoggerFactory.getLogger(PermissionReader.class);

    private final boolean strict;
    private final boolean logsUnknown;

    PermissionReader(AuthConfig config) {
        this.strict = config.strictValidation();
        this.logsUnknown = config.logUnknownPermissions();
    }

    /** What the words grant. A word nobody knows grants nothing, and in strict mode nothing at all is granted then. */
    Set<Permission> read(List<String> words, String subject) throws RefusedCredentialException {
        Set<Permission> permissions = EnumSet.noneOf(Permission.class);
        boolean hasUnknown = false;
        for (String word : words) {
            Set<Permission> granted = Permission.grantedBy(word);
            permissions.addAll(granted);
            if (granted.isEmpty()) {
                hasUnknown = true;
                if (logsUnknown) {
                    log.warn("Unknown permission \"{}\" in the credential of {}", Shown.of(word), Shown.of(subject));
                }
            }
        }
        if (hasUnknown && strict) {
            throw new RefusedCredentialException("unknown permission");
        }
        return permissions;
    }
}
