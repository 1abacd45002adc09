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
 * @param refusals statuses by which it refuses what the listener let in
 */
record Operation(
        String method,
        String path,
        List<String> segments,
        Access access,
        String id,
        String summary,
        List<Query> queries,
        List<Integer> refusals,
        Handler handler) {

    /** A parameter of the query that may be left out; {@code type} is a word of JSON Schema. */
    record Query(String name, String type) {}

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
        queries = List.copyOf(queries);
        refusals = List.copyOf(refusals);
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
        List<String> segments = List.of(path.substring(1).split("/", -1));
        return new Operation(method, path, segments, access, id, summary, List.of(), List.of(), handler);
    }

    /** The same with these parameters of the query. */
    Operation asking(Query... parameters) {
        return new Operation(method, path, segments, access, id, summary, List.of(parameters), refusals, handler);
    }

    /** The same, known to refuse with this status. */
    Operation refusing(int status) {
        return new Operation(method, path, segments, access, id, summary, queries, List.of(status), handler);
    }

    /** The path's parameters when this operation has that path. */
    Optional<List<String>> match(List<String> decodedPath) {
        if (decodedPath.size() != segments.size()) {
            return Optional.empty();
        }
        List<String> parameters = new ArrayList<>();
        for (int i = 0; i < segments.size(); i++) {
            if (segments.get(i).startsWith("{") && !decodedPath.get(i).isEmpty()) {
                parameters.add(decodedPath.get(i));
            } else if (!segments.get(i).equals(decodedPath.get(i))) {
                return Optional.empty();
            }
        }
        return Optional.of(parameters);
    }
}
