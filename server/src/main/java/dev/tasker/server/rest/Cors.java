package dev.tasker.server.rest;

import io.helidon.http.Header;
import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.http.ServerRequestHeaders;
import io.helidon.webserver.http.ServerResponse;
import java.util.Map;

/** Lets browsers of any origin in (03 §0.4). */
final class Cors {
    private static final Header ANY_ORIGIN = HeaderValues.createCached("Access-Control-Allow-Origin", "*");
    private static final Header EXPOSED =
            HeaderValues.createCached("Access-Control-Expose-Headers", "x-request-id, retry-after");

    /** The wildcard does not cover Authorization in browsers, so that and its like are spelled out. */
    private static final Map<String, String> PREFLIGHT = Map.of(
            "Access-Control-Allow-Methods", "*",
            "Access-Control-Allow-Headers", "*, Authorization, Content-Type, X-API-Key, X-Request-Id, Idempotency-Key");

    private Cors() {}

    static boolean isPreflight(ServerRequestHeaders headers) {
        return headers.contains(HeaderNames.ORIGIN) && headers.contains(HeaderNames.ACCESS_CONTROL_REQUEST_METHOD);
    }

    static Reply preflight() {
        return new Reply(200, "", new byte[0], PREFLIGHT);
    }

    static void allow(ServerResponse response) {
        response.header(ANY_ORIGIN);
        response.header(EXPOSED);
    }
}
