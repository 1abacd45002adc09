package dev.tasker.worker.api;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;

/** Reads {@code Retry-After}: seconds, or a date. */
final class RetryAfter {
    /** What a service means that says something else. */
    static final Duration UNREADABLE = Duration.ofSeconds(60);

    private static final int DIGITS_MAX = 9;

    private RetryAfter() {}

    static Duration parse(String header, Instant now) {
        String text = header.strip();
        if (!text.isEmpty() && text.length() <= DIGITS_MAX && text.chars().allMatch(c -> c >= '0' && c <= '9')) {
            return Duration.ofSeconds(Long.parseLong(text));
        }
        try {
            Instant until = ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME)
                    .toInstant();
            Duration wait = Duration.between(now, until);
            return wait.isNegative() ? Duration.ZERO : wait;
        } catch (DateTimeException e) {
            return UNREADABLE;
        }
    }
}
