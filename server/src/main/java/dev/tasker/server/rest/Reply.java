package dev.tasker.server.rest;

import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What goes back to the client.
 *
 * @param headers further ones, by name
 * @param stream what writes the body in place of {@code body}, null: nothing does
 */
@SuppressWarnings("ArrayRecordComponent") // bytes on their way out; replies are not compared
record Reply(
        int status,
        String contentType,
        byte[] body,
        Map<String, String> headers,
        @Nullable Body stream) {
    private static final String JSON = "application/json";
    private static final byte[] NONE = {};

    /** Writes a body of unknown length, and returns when it is whole. */
    @FunctionalInterface
    interface Body {
        void write(OutputStream out) throws IOException, InterruptedException;
    }

    /** Writes a stream of events, and returns when it is over. */
    @FunctionalInterface
    interface Stream {
        void write(EventStream stream) throws IOException, InterruptedException;
    }

    Reply(int status, String contentType, byte[] body, Map<String, String> headers) {
        this(status, contentType, body, headers, null);
    }

    static Reply stream(String contentType, Body body) {
        return new Reply(200, contentType, NONE, Map.of(), body);
    }

    static Reply json(int status, byte[] body) {
        return new Reply(status, JSON, body, Map.of());
    }

    static Reply ok(byte[] body) {
        return json(200, body);
    }

    Reply with(String header, String value) {
        return with(Map.of(header, value));
    }

    Reply with(Map<String, String> further) {
        Map<String, String> extended = new TreeMap<>(headers);
        extended.putAll(further);
        return new Reply(status, contentType, body, extended, stream);
    }

    Reply withRetryAfter(@Nullable Integer seconds) {
        return seconds == null ? this : with("Retry-After", seconds.toString());
    }

    Reply withAllow(List<String> methods) {
        return with("Allow", String.join(", ", methods));
    }
}
