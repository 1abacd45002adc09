package dev.tasker.template;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** What makes two task requests the same task (spec 06 §7). */
public enum IdentityStrategy implements Keyword {
    /** Template and context together. */
    STRICT,
    /** Template and the idempotency key of the request, which is then required. */
    CALLER_PROVIDED,
    /** Nothing: each request is a task of its own. */
    ALWAYS_UNIQUE;

    /** The strategy a spelling stands for, in any case and with or without underscores: {@code CallerProvided}. */
    public static Optional<IdentityStrategy> parse(String text) {
        String wanted = text.replace("_", "").toLowerCase(Locale.ROOT);
        return Arrays.stream(values())
                .filter(strategy -> strategy.text().replace("_", "").equals(wanted))
                .findFirst();
    }
}
