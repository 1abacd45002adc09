package dev.tasker.worker.api;

import java.util.Map;

/**
 * What a status that is no success means for a step (04 §5.5).
 *
 * @param errorType stored as {@code error_type}
 * @param text said where the answer explains nothing
 */
record ApiStatus(String errorType, String text, boolean retryable) {
    static final int TOO_MANY_REQUESTS = 429;
    static final int SERVICE_UNAVAILABLE = 503;

    private static final Map<Integer, ApiStatus> KNOWN = Map.ofEntries(
            Map.entry(400, new ApiStatus("bad_request", "Bad Request", false)),
            Map.entry(401, new ApiStatus("unauthorized", "Unauthorized", false)),
            Map.entry(403, new ApiStatus("forbidden", "Forbidden", false)),
            Map.entry(404, new ApiStatus("not_found", "Not Found", false)),
            Map.entry(405, new ApiStatus("method_not_allowed", "Method Not Allowed", false)),
            Map.entry(408, new ApiStatus("request_timeout", "Request Timeout", true)),
            Map.entry(409, new ApiStatus("conflict", "Conflict", false)),
            Map.entry(410, new ApiStatus("gone", "Gone", false)),
            Map.entry(422, new ApiStatus("unprocessable_entity", "Unprocessable Entity", false)),
            Map.entry(TOO_MANY_REQUESTS, new ApiStatus("rate_limited", "Too Many Requests", true)),
            Map.entry(500, new ApiStatus("internal_server_error", "Internal Server Error", true)),
            Map.entry(502, new ApiStatus("bad_gateway", "Bad Gateway", true)),
            Map.entry(SERVICE_UNAVAILABLE, new ApiStatus("service_unavailable", "Service Unavailable", true)),
            Map.entry(504, new ApiStatus("gateway_timeout", "Gateway Timeout", true)));
    private static final ApiStatus CLIENT = new ApiStatus("client_error", "HTTP Error", false);
    private static final ApiStatus SERVER = new ApiStatus("server_error", "HTTP Error", true);
    private static final ApiStatus OTHER = new ApiStatus("http_error", "HTTP Error", false);

    static ApiStatus of(int code) {
        ApiStatus known = KNOWN.get(code);
        if (known != null) {
            return known;
        }
        return code >= 500 && code < 600 ? SERVER : code >= 400 && code < 500 ? CLIENT : OTHER;
    }

    /** The kind of outcome: {@code success}, {@code permanent_error}, {@code rate_limited}, {@code transient_error}, {@code network_error}. */
    static String classification(int code) {
        if (code >= 200 && code < 300) {
            return "success";
        }
        if (code == TOO_MANY_REQUESTS) {
            return "rate_limited";
        }
        if (code < 200 || code >= 600) {
            return "network_error";
        }
        return of(code).retryable() ? "transient_error" : "permanent_error";
    }
}
