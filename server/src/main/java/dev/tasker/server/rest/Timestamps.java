package dev.tasker.server.rest;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.TemporalAccessor;
import org.jspecify.annotations.Nullable;

/** The time formats of 03 §0.3; clients parse each strictly. All show UTC. */
enum Timestamps {
    /** Z and Z6: {@code 2025-10-01T12:34:56.123456Z}. */
    ZULU("uuuu-MM-dd'T'HH:mm:ss.SSSSSS'Z'"),
    /** OFF: {@code 2025-10-01T12:34:56.123456789+00:00}. */
    OFFSET("uuuu-MM-dd'T'HH:mm:ss.SSSSSSSSS'+00:00'"),
    /** NAIVE: {@code 2025-10-01T12:34:56.123456}; a zone would make clients reject the whole answer. */
    NAIVE("uuuu-MM-dd'T'HH:mm:ss.SSSSSS");

    private final DateTimeFormatter formatter;

    Timestamps(String pattern) {
        this.formatter = DateTimeFormatter.ofPattern(pattern).withZone(ZoneOffset.UTC);
    }

    String format(Instant instant) {
        return formatter.format(instant);
    }

    /** A time in a query: RFC 3339, or without a zone, which then is UTC. {@code name} is the parameter's. */
    static Instant read(String name, String text) {
        try {
            TemporalAccessor time = DateTimeFormatter.ISO_DATE_TIME.parseBest(text, Instant::from, LocalDateTime::from);
            return time instanceof LocalDateTime local ? local.toInstant(ZoneOffset.UTC) : Instant.from(time);
        } catch (DateTimeException e) {
            throw new RefusedException(
                    Problem.badQuery(name, "\"" + text + "\" (expected: 2025-10-01T12:34:56.123456Z)"));
        }
    }

    @Nullable
    String formatNullable(@Nullable Instant instant) {
        return instant == null ? null : formatter.format(instant);
    }
}
