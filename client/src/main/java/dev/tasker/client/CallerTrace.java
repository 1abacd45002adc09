package dev.tasker.client;

import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;

/**
 * The trace that a caller works for, so that the server's spans and the task go on with it (07 §10.6). Where OpenTelemetry's API is not on the
 * class path, or {@code -Dotel.sdk.disabled=true} says so, there is none.
 */
final class CallerTrace {
    private static final boolean IS_THERE = isThere();

    private CallerTrace() {}

    /** {@code traceparent} and {@code tracestate} of this thread's trace; none outside of one. */
    static Map<String, String> headers() {
        return IS_THERE ? OpenTelemetry.headers() : Map.of();
    }

    /** The same task for another thread, in the trace of this one. */
    static Runnable carriedInto(Runnable task) {
        return IS_THERE ? OpenTelemetry.carriedInto(task) : task;
    }

    private static boolean isThere() {
        if (Boolean.getBoolean("otel.sdk.disabled")) {
            return false;
        }
        try {
            Class.forName(
                    "io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator",
                    false,
                    CallerTrace.class.getClassLoader());
            return true;
        } catch (ClassNotFoundException e) {
            return false;
        }
    }

    /** The only class that knows the library, which is loaded with it. */
    private static final class OpenTelemetry {
        static Map<String, String> headers() {
            Map<String, String> headers = new HashMap<>();
            W3CTraceContextPropagator.getInstance()
                    .inject(
                            Context.current(),
                            headers,
                            (carrier, name, value) ->
                                    Objects.requireNonNull(carrier).put(name, value));
            return headers;
        }

        static Runnable carriedInto(Runnable task) {
            return Context.current().wrap(task);
        }
    }
}
