package dev.tasker.examples.fulfilment;

import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.UUID;

/** Random identifiers and the present time as text. */
final class Ids {

    private static final DateTimeFormatter RFC_3339 = DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSSSSxxx");

    private Ids() {}

    /** Upper-case hexadecimal digits, at most 32. */
    static String hex(int digits) {
        return UUID.randomUUID()
                .toString()
                .replace("-", "")
                .substring(0, digits)
                .toUpperCase(Locale.ROOT);
    }

    static String timestamp(Instant instant) {
        return RFC_3339.format(instant.atOffset(ZoneOffset.UTC));
    }

    static String now(InstantSource clock) {
        return timestamp(clock.instant());
    }
}
