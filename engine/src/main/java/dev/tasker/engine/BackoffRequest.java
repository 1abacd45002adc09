package dev.tasker.engine;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoField;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;

/**
 * How long a failed service, or the handler that called it, asks to wait before the next attempt (01 §4.4). The engine caps it.
 *
 * @param delay not negative
 */
public record BackoffRequest(Kind kind, Duration delay) {
    private static final long SECONDS_MAX = Integer.MAX_VALUE;
    private static final int DIGITS_MAX = 10;

    /** Whose wish it is. */
    public enum Kind {
        /** The service named the time, in a {@code Retry-After} header for one. */
        SERVER_REQUESTED("ServerRequested"),
        /** Too many calls: the delay grows from attempt to attempt, and is not shorter than this. */
        RATE_LIMIT("RateLimit"),
        SERVICE_UNAVAILABLE("ServiceUnavailable"),
        CUSTOM("Custom");

        private final String text;

        Kind(String text) {
            this.text = text;
        }

        /** The kind spelled {@code text} in result documents; {@link #CUSTOM} for a word nobody knows. */
        public static Kind of(String text) {
            for (Kind kind : values()) {
                if (kind.text.equals(text)) {
                    return kind;
                }
            }
            return CUSTOM;
        }
    }

    public BackoffRequest {
        if (delay.isNegative()) {
            throw new IllegalArgumentException("backoff delay: " + delay + " (expected: >= PT0S)");
        }
    }

    /**
     * What a {@code Retry-After} header asks for: whole seconds, or a date in the future as HTTP writes dates (RFC 9110 §5.6.7, the old
     * forms included) or mail does (RFC 2822), of which the whole seconds from {@code now} on count. Empty for anything else.
     */
    public static Optional<BackoffRequest> ofRetryAfter(String header, Instant now) {
        String value = header.strip();
        Optional<Duration> delay = isDigits(value)
                ? Optional.of(seconds(value))
                : date(value)
                        .map(until -> Duration.between(now, until).truncatedTo(ChronoUnit.SECONDS))
                        .filter(Duration::isPositive);
        return delay.map(asked -> new BackoffRequest(Kind.SERVER_REQUESTED, asked));
    }

    private static boolean isDigits(String value) {
        return !value.isEmpty() && value.chars().allMatch(c -> c >= '0' && c <= '9');
    }

    private static Duration seconds(String digits) {
        return Duration.ofSeconds(
                digits.length() > DIGITS_MAX ? SECONDS_MAX : Math.min(Long.parseLong(digits), SECONDS_MAX));
    }

    /** {@code Sunday, 06-Nov-94 08:49:37 GMT}: two digits of the year mean the century from 1970 on. */
    private static final DateTimeFormatter RFC_850 = new DateTimeFormatterBuilder()
            .appendPattern("EEEE, dd-MMM-")
            .appendValueReduced(ChronoField.YEAR, 2, 2, 1970)
            .appendPattern(" HH:mm:ss 'GMT'")
            .toFormatter(Locale.ENGLISH);

    /** {@code Sun Nov  6 08:49:37 1994}. */
    private static final DateTimeFormatter ASCTIME =
            DateTimeFormatter.ofPattern("EEE MMM ppd HH:mm:ss yyyy", Locale.ENGLISH);

    private static final List<Function<String, Instant>> DATES = List.of(
            text -> ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME)
                    .toInstant(),
            text -> LocalDateTime.parse(text, RFC_850).toInstant(ZoneOffset.UTC),
            text -> LocalDateTime.parse(text, ASCTIME).toInstant(ZoneOffset.UTC));

    private static Optional<Instant> date(String text) {
        return DATES.stream().flatMap(format -> parsed(format, text).stream()).findFirst();
    }

    private static Optional<Instant> parsed(Function<String, Instant> format, String text) {
        try {
            return Optional.of(format.apply(text));
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }
}
