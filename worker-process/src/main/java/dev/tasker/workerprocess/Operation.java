package dev.tasker.workerprocess;

import dev.tasker.server.security.Access;
import dev.tasker.server.security.Permission;
import io.helidon.webserver.http.ServerRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * One method on one path, and what answers it.
 *
 * @param segments of the path; one in braces is a parameter
 */
record Operation(
        String method, String path, List<String> segments, Access access, String id, String summary, Handler handler) {

    /** Answers a request. */
    @FunctionalInterface
    interface Handler {
        /**
         * The reply.
         *
         * @param parameters of the path, decoded, in order
         */
        Reply answer(ServerRequest request, List<String> parameters);
    }

    Operation {
        segments = List.copyOf(segments);
    }

    /** Something to read for everybody. */
    static Operation open(String path, String id, String summary, Handler handler) {
        return of("GET", path, Access.PUBLIC, id, summary, handler);
    }

    /** Something for those who hold a permission. */
    static Operation guarded(
            String method, String path, Permission permission, String id, String summary, Handler handler) {
        return of(method, path, Access.needs(permission), id, summary, handler);
    }

    private static Operation of(String method, String path, Access access, String id, String summary, Handler handler) {
        return new Operation(method, path, List.of(path.substring(1).split("/", -1)), access, id, summary, handler);
    }

    /** The path's parameters when this operation has that path. */
    Optional<List<String>> match(List<String> decodedPath) {
        if (decodedPath.size() != segments.size()) {
            return Optional.empty();
        }
        List<String> parameters = new ArrayList<>();
        for (int i = 0; i < segments.size(); i++) {
            if (segments.get(i).startsWith("{")) {
                parameters.add(decodedPath.get(i));
            } else if (!segments.get(i).equals(decodedPath.get(i))) {
                return Optional.empty();
            }
        }
        return Optional.of(parameters);
    }
}
