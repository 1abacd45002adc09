package dev.tasker.server.rest;

import dev.tasker.server.api.Uuids;
import dev.tasker.server.security.Principal;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.ServerRequest;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URLDecoder;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.TemporalAccessor;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A request on its way to a route.
 *
 * @param parameters of the path, decoded, by the name in the route's pattern
 * @param principal who calls
 * @param requestId by which the caller and the log know the request
 */
record Call(ServerRequest request, Map<String, String> parameters, Principal principal, String requestId) {
    static final long U32_MAX = 0xFFFF_FFFFL;
    static final int BODY_BYTES_MAX = 2 * 1024 * 1024;

    private static final Pattern JSON_TYPE = Pattern.compile("application/([\\w.!#$&^-]+\\+)?json\\s*(;.*)?");

    String parameter(String name) {
        String value = parameters.get(name);
        if (value == null) {
            throw new IllegalArgumentException(name + ": not in the route's pattern");
        }
        return value;
    }

    /** A UUID in text, with or without hyphens. */
    static Optional<UUID> uuid(String text) {
        return Uuids.find(text);
    }

    /** A time in a query: RFC 3339, or without a zone, which then is UTC. {@code name} is the parameter's. */
    static Instant time(String name, String text) {
        try {
            TemporalAccessor time = DateTimeFormatter.ISO_DATE_TIME.parseBest(text, Instant::from, LocalDateTime::from);
            return time instanceof LocalDateTime local ? local.toInstant(ZoneOffset.UTC) : Instant.from(time);
        } catch (DateTimeException e) {
            throw new RefusedException(
                    Problem.badQuery(name, "\"" + text + "\" (expected: 2025-10-01T12:34:56.123456Z)"));
        }
    }

    Optional<String> header(HeaderName name) {
        return request.headers().first(name);
    }

    /** The first value of a query parameter; form encoding, so {@code +} is a blank. */
    Optional<String> query(String name) {
        return queries(name).stream().findFirst();
    }

    /** Every value of a query parameter that is not empty. */
    List<String> texts(String name) {
        return queries(name).stream().filter(text -> !text.isEmpty()).toList();
    }

    /** The parameters whose names begin so, by what follows in the name; a name may come several times, and its value may be empty. */
    List<Map.Entry<String, String>> below(String prefix) {
        return queries()
                .filter(pair -> pair.getKey().startsWith(prefix))
                .map(pair -> Map.entry(pair.getKey().substring(prefix.length()), decoded(pair.getValue())))
                .toList();
    }

    private List<String> queries(String name) {
        return queries()
                .filter(pair -> pair.getKey().equals(name))
                .map(pair -> decoded(pair.getValue()))
                .toList();
    }

    /** Names with values that are not decoded yet: what nobody reads may be anything. */
    private Stream<Map.Entry<String, String>> queries() {
        return Arrays.stream(request.query().rawValue().split("&", -1)).map(pair -> {
            int equals = pair.indexOf('=');
            return Map.entry(
                    decoded(equals < 0 ? pair : pair.substring(0, equals)),
                    equals < 0 ? "" : pair.substring(equals + 1));
        });
    }

    /** As {@link #query}; an empty value stands for none. */
    Optional<String> text(String name) {
        return query(name).filter(text -> !text.isEmpty());
    }

    /** A number from 0 to {@code max}. */
    Optional<Long> wholeNumber(String name, long max) {
        return number(name, 0, max);
    }

    /** A number with or without a sign. */
    Optional<Long> signedNumber(String name) {
        return number(name, Long.MIN_VALUE, Long.MAX_VALUE);
    }

    /** {@code true} or {@code false}. */
    Optional<Boolean> flag(String name) {
        Optional<String> text = text(name);
        if (text.isPresent() && !text.get().equals("true") && !text.get().equals("false")) {
            throw new RefusedException(Problem.badQuery(name, text.get() + " (expected: true or false)"));
        }
        return text.map(Boolean::parseBoolean);
    }

    /** A number from {@code min} to {@code max}. */
    Optional<Long> number(String name, long min, long max) {
        Optional<String> text = query(name);
        if (text.isEmpty()) {
            return Optional.empty();
        }
        try {
            long number = Long.parseLong(text.get());
            if (number >= min && number <= max) {
                return Optional.of(number);
            }
        } catch (NumberFormatException e) {
            // told below, as what is out of range is
        }
        throw new RefusedException(Problem.badQuery(
                name, "\"" + text.get() + "\" (expected: a whole number from " + min + " to " + max + ")"));
    }

    /** The body of a request that must be JSON, not yet parsed. */
    String jsonBody() {
        return jsonBody(BODY_BYTES_MAX);
    }

    /** As {@link #jsonBody()}, up to so many bytes. */
    String jsonBody(int bytesMax) {
        requireJsonType();
        return textBody(bytesMax);
    }

    /** Refuses a body that does not claim to be JSON. */
    void requireJsonType() {
        if (!JSON_TYPE.matcher(contentType()).matches()) {
            throw new RefusedException(Problem.UNSUPPORTED_MEDIA_TYPE);
        }
    }

    /** The Content-Type in lower case, empty without one. */
    String contentType() {
        return header(HeaderNames.CONTENT_TYPE).orElse("").toLowerCase(Locale.ROOT);
    }

    /** The body as text, of whatever type it is. */
    String textBody() {
        return textBody(BODY_BYTES_MAX);
    }

    private String textBody(int bytesMax) {
        if (request.headers().contentLength().orElse(0) > bytesMax) {
            throw new RefusedException(Problem.BODY_TOO_LARGE);
        }
        try {
            byte[] bytes = bytes(bytesMax);
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new RefusedException(Problem.notJson("not UTF-8"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private byte[] bytes(int bytesMax) throws IOException {
        if (!request.content().hasEntity()) {
            return new byte[0];
        }
        try (InputStream in = request.content().inputStream()) {
            byte[] bytes = in.readNBytes(bytesMax + 1);
            if (bytes.length > bytesMax) {
                throw new RefusedException(Problem.BODY_TOO_LARGE);
            }
            return bytes;
        } catch (RefusedException e) {
            throw e;
        } catch (RuntimeException e) { // the web server's own, of several kinds: the body ends early or is badly framed
            throw new RefusedException(Problem.badRequest("Body cannot be read"));
        }
    }

    private static String decoded(String text) {
        try {
            return URLDecoder.decode(text, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw new RefusedException(Problem.badQuery(text, String.valueOf(e.getMessage())));
        }
    }
}
