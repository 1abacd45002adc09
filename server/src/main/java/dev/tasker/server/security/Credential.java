package dev.tasker.server.security;

import org.jspecify.annotations.Nullable;

/** What a caller presents. Prints without secrets. */
public sealed interface Credential {

    /** Nothing. */
    record None() implements Credential {}

    /** A token after {@code Bearer}. */
    record Bearer(String token) implements Credential {
        @Override
        public String toString() {
            return "Bearer[***]";
        }
    }

    /** A key in the header for keys. */
    record ApiKey(String key) implements Credential {
        @Override
        public String toString() {
            return "ApiKey[***]";
        }
    }

    /** A header that is no text. */
    record Malformed(String header) implements Credential {}

    /**
     * The credential in two headers, each null when absent (03 §3.1). A bearer token goes before an API key, whatever it is worth;
     * other schemes of authorization are passed over.
     */
    static Credential of(@Nullable String authorization, @Nullable String apiKey) {
        if (authorization != null && !isVisible(authorization)) {
            return new Malformed("Authorization");
        }
        String scheme = "Bearer ";
        if (authorization != null && authorization.regionMatches(true, 0, scheme, 0, scheme.length())) {
            return new Bearer(authorization.substring(scheme.length()));
        }
        if (apiKey == null) {
            return new None();
        }
        return isVisible(apiKey) ? new ApiKey(apiKey) : new Malformed("API key");
    }

    private static boolean isVisible(String text) {
        return text.chars().allMatch(character -> (character >= ' ' && character <= '~') || character == '\t');
    }
}
