package dev.tasker.server.rest;

import dev.tasker.engine.meter.Distribution;
import dev.tasker.engine.meter.Distributions;
import dev.tasker.engine.meter.Instrument;
import java.util.List;
import java.util.Set;

/** How long requests take, by method, pattern of the path and status. Thread-safe. */
final class HttpMeter {
    private static final Set<String> METHODS = Set.of("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS");

    private final Distributions durations = new Distributions(Distribution::ofShortSeconds);

    /** @param route pattern of the path, as {@link Route#path} has it */
    void served(String method, String route, int status, long nanos) {
        durations
                .of(METHODS.contains(method) ? method : "_OTHER", route, String.valueOf(status))
                .record(nanos);
    }

    List<Instrument> instruments() {
        return List.of(Instrument.histogram(
                "tasker-orchestration",
                "http.server.request.duration",
                "s",
                List.of("http_request_method", "http_route", "http_response_status_code"),
                durations.snapshot()));
    }
}
