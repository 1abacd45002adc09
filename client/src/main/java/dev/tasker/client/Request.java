package dev.tasker.client;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A call to be made.
 *
 * @param path with its query, encoded
 * @param body null for none
 */
record Request(String method, String path, @Nullable String body, Map<String, String> headers, Manner manner) {

    static Request get(String path) {
        return new Request("GET", path, null, Map.of(), Manner.READ);
    }

    static Request delete(String path) {
        return new Request("DELETE", path, null, Map.of(), Manner.READ);
    }

    /** With a body of JSON; not repeatable. */
    static Request send(String method, String path, String json) {
        return new Request(method, path, json, Map.of("Content-Type", "application/json"), Manner.CHANGE);
    }

    Request with(String header, String value) {
        Map<String, String> changed = new LinkedHashMap<>(headers);
        changed.put(header, value);
        return new Request(method, path, body, changed, manner);
    }

    Request in(Manner changed) {
        return new Request(method, path, body, headers, changed);
    }
}
