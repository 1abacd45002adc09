package dev.tasker.server.api;

import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;

/** UUIDs as callers write them. */
public final class Uuids {
    private static final Pattern FORM =
            Pattern.compile("\\p{XDigit}{8}-\\p{XDigit}{4}-\\p{XDigit}{4}-\\p{XDigit}{4}-\\p{XDigit}{12}");
    private static final Pattern PLAIN_FORM =
            Pattern.compile("(\\p{XDigit}{8})(\\p{XDigit}{4})(\\p{XDigit}{4})(\\p{XDigit}{4})(\\p{XDigit}{12})");

    private Uuids() {}

    /** The UUID in a text, with or without hyphens. */
    public static Optional<UUID> find(String text) {
        String hyphenated = PLAIN_FORM.matcher(text).replaceFirst("$1-$2-$3-$4-$5");
        return FORM.matcher(hyphenated).matches() ? Optional.of(UUID.fromString(hyphenated)) : Optional.empty();
    }
}
