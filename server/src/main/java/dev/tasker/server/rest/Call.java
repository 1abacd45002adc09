package dev.tasker.server.rest;

import dev.tasker.server.rest.Problem.Detail;
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
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;

/**
 * A request on its way to a route.
 *
 * @param parameters of the path, decoded, by the name in the route's pattern
 * @param principal who calls
 */
record Call(ServerRequest request, Map<String, String> parameters, Principal principal) {
    static final int BODY_BYTES_MAX = 2 * 1024 * 1024;

    private static final Pattern UUID_FORM =
            Pattern.compile("\\p{XDigit}{8}-\\p{XDigit}{4}-\\p{XDigit}{4}-\\p{XDigit}{4}-\\p{XDigit}{12}");
    private static final Pattern PLAIN_UUID_FORM =
            Pattern.compile("(\\p{XDigit}{8})(\\p{XDigit}{4})(\\p{XDigit}{4})(\\p{XDigit}{4})(\\p{XDigit}{12})");

    String parameter(String name) {
        String value = parameters.get(name);
        if (value == null) {
            throw new IllegalArgumentException(name + ": not in the route's pattern");
        }
        return value;
    }

    /** A UUID in text, with or without hyphens. */
    static Optional<UUID> uuid(String text) {
        String hyphenated = PLAIN_UUID_FORM.matcher(text).replaceFirst("$1-$2-$3-$4-$5");
        return UUID_FORM.matcher(hyphenated).matches() ? Optional.of(UUID.fromString(hyphenated)) : Optional.empty();
    }

    Optional<String> header(HeaderName name) {
        return request.headers().first(name);
    }

    /** The first value of a query parameter; form encoding, so {@code +} is a blank. */
    Optional<String> query(String name) {
        String raw = request.query().rawValue();
        for (String pair : raw.split("&", -1)) {
            int equals = pair.indexOf('=');
            if (decoded(equals < 0 ? pair : pair.substring(0, equals)).equals(name)) {
                return Optional.of(equals < 0 ? "" : decoded(pair.substring(equals + 1)));
            }
        }
        return Optional.empty();
    }

    /** The body of a request that must be JSON, not yet parsed. */
    String jsonBody() {
        return jsonBody(BODY_BYTES_MAX);
    }

    /** As {@link #jsonBody()}, up to so many bytes. */
    String jsonBody(int bytesMax) {
        String type = header(HeaderNames.CONTENT_TYPE).orElse("");
        if (!type.toLowerCase(Locale.ROOT).matches("application/([\\w.!#$&^-]+\\+)?json\\s*(;.*)?")) {
            throw new RefusedException(Problem.UNSUPPORTED_MEDIA_TYPE);
        }
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
        }
    }

    private static String decoded(String text) {
        try {
            return URLDecoder.decode(text, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw new RefusedException(new Problem(
                    400,
                    "BAD_REQUEST",
                    "Failed to deserialize query string: " + text,
                    List.of(new Detail("query", String.valueOf(e.getMessage()))),
                    null,
                    null));
        }
    }
}
