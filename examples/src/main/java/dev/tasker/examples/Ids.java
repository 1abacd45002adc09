package dev.tasker.examples;

import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.UUID;

/** Random identifiers and the present time as text. */
public final class Ids {

    private static final DateTimeFormatter RFC_3339 = DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSSSSxxx");

    private Ids() {}

    /** Upper-case hexadecimal digits, at most 32. */
    public static String hex(int digits) {
        return UUID.randomUUID()
                .toString()
                .replace("-", "")
                .substring(0, digits)
                .toUpperCase(Locale.ROOT);
    }

    /** The prefix, an underscore and lower-case hexadecimal digits, at most 32. */
    public static String of(String prefix, int digits) {
        return prefix + "_" + hex(digits).toLowerCase(Locale.ROOT);
    }

    public static String timestamp(Instant instant) {
        return RFC_3339.format(instant.atOffset(ZoneOffset.UTC));
    }

    public static String now(InstantSource clock) {
        return timestamp(clock.instant());
    }
}
