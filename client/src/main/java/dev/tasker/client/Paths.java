package dev.tasker.client;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.StringJoiner;

/** Paths and queries, encoded. */
final class Paths {
    private Paths() {}

    /** These segments, each whatever it holds. */
    static String of(String first, Object... segments) {
        StringBuilder path = new StringBuilder(first);
        for (Object segment : segments) {
            path.append('/').append(encoded(segment).replace("+", "%20"));
        }
        return path.toString();
    }

    static String withQuery(String path, Map<String, ?> query) {
        if (query.isEmpty()) {
            return path;
        }
        StringJoiner joined = new StringJoiner("&", path + "?", "");
        query.forEach((name, value) -> joined.add(encoded(name) + "=" + encoded(value)));
        return joined.toString();
    }

    private static String encoded(Object value) {
        return URLEncoder.encode(value.toString(), StandardCharsets.UTF_8);
    }
}
