package dev.tasker.server.rest;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What goes back to the client.
 *
 * @param headers further ones, by name
 */
@SuppressWarnings("ArrayRecordComponent") // bytes on their way out; replies are not compared
record Reply(int status, String contentType, byte[] body, Map<String, String> headers) {
    private static final String JSON = "application/json";

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
        return new Reply(status, contentType, body, extended);
    }

    Reply withRetryAfter(@Nullable Integer seconds) {
        return seconds == null ? this : with("Retry-After", seconds.toString());
    }

    Reply withAllow(List<String> methods) {
        return with("Allow", String.join(", ", methods));
    }
}
