package dev.tasker.server.config;

import org.jspecify.annotations.Nullable;

/**
 * One thing that is wrong with a configuration.
 *
 * @param origin where it was written, null when it was not, or nobody knows
 * @param key full path of the key, or the variable; empty when a file is no TOML
 * @param reason the offending value and what is expected in its place
 */
public record Violation(@Nullable Origin origin, String key, String reason) {

    /** Place, key and reason, in one sentence. */
    @Override
    public String toString() {
        return (origin == null ? "" : origin + ": ") + (key.isEmpty() ? "" : key + ": ") + reason;
    }
}
