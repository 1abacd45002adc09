package dev.tasker.server.rest;

import dev.tasker.server.security.Access;
import dev.tasker.server.security.Permission;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One operation: a method, a path and what answers it.
 *
 * @param segments of the path; one in braces is a parameter
 * @param access who may call it
 * @param whileUnready whether it is served during start and shutdown too
 */
record Route(String method, List<String> segments, Access access, boolean whileUnready, Handler handler) {

    /** Answers a call, or throws {@link RefusedException} or an EngineException. */
    @FunctionalInterface
    interface Handler {
        Reply handle(Call call) throws InterruptedException;
    }

    /** An operation for those who hold a permission. */
    static Route of(String method, String path, Permission permission, Handler handler) {
        return new Route(method, segments(path), Access.needs(permission), false, handler);
    }

    /** An operation for those who hold a permission that goes on with what was begun before, in every state of the node. */
    static Route always(String method, String path, Permission permission, Handler handler) {
        return new Route(method, segments(path), Access.needs(permission), true, handler);
    }

    /** An operation for everybody, in every state of the node. */
    static Route open(String method, String path, Handler handler) {
        return new Route(method, segments(path), Access.PUBLIC, true, handler);
    }

    /** Whether it goes on with something its caller began before. */
    boolean goesOn() {
        return whileUnready && !access.equals(Access.PUBLIC);
    }

    /** As it was written, parameters in braces. */
    String path() {
        return "/" + String.join("/", segments);
    }

    private static List<String> segments(String path) {
        return List.of(path.substring(1).split("/", -1));
    }

    /** The path's parameters when this route has that path. */
    Optional<Map<String, String>> match(List<String> path) {
        if (path.size() != segments.size()) {
            return Optional.empty();
        }
        @Nullable Map<String, String> parameters = null;
        for (int i = 0; i < path.size(); i++) {
            String segment = segments.get(i);
            if (segment.startsWith("{")) {
                parameters = parameters == null ? new LinkedHashMap<>() : parameters;
                parameters.put(segment.substring(1, segment.length() - 1), path.get(i));
            } else if (!segment.equals(path.get(i))) {
                return Optional.empty();
            }
        }
        return Optional.of(parameters == null ? Map.of() : Collections.unmodifiableMap(parameters));
    }
}
