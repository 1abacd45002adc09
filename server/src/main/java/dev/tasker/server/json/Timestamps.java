package dev.tasker.server.json;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import org.jspecify.annotations.Nullable;

/** The time formats of 03 §0.3; clients parse each strictly. All show UTC. */
public enum Timestamps {
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

    public String format(Instant instant) {
        return formatter.format(instant);
    }

    public @Nullable String formatNullable(@Nullable Instant instant) {
        return instant == null ? null : formatter.format(instant);
    }
}
