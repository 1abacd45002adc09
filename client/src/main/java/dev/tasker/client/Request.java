package dev.tasker.client;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A call to be made.
 *
 * @param path with its query, encoded
 * @param body null for none
 * @param repeatable whether making it twice is as good as once
 * @param patience what it may take longer than the configured limit, because the server answers late on purpose
 */
record Request(
        String method,
        String path,
        @Nullable String body,
        Map<String, String> headers,
        boolean repeatable,
        Duration patience) {

    static Request get(String path) {
        return new Request("GET", path, null, Map.of(), true, Duration.ZERO);
    }

    static Request delete(String path) {
        return new Request("DELETE", path, null, Map.of(), true, Duration.ZERO);
    }

    /** With a body of JSON; not repeatable. */
    static Request send(String method, String path, String json) {
        return new Request(method, path, json, Map.of("Content-Type", "application/json"), false, Duration.ZERO);
    }

    Request with(String header, String value) {
        Map<String, String> changed = new LinkedHashMap<>(headers);
        changed.put(header, value);
        return new Request(method, path, body, changed, repeatable, patience);
    }

    Request thatIsRepeatable() {
        return new Request(method, path, body, headers, true, patience);
    }

    Request withPatience(Duration changed) {
        return new Request(method, path, body, headers, repeatable, changed);
    }
}
