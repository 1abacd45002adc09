package dev.tasker.client;

import static org.assertj.core.api.Assertions.assertThat;

import com.tasker.v1.GetTaskResponse;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.context.Scope;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Calls are made in the trace of whoever makes them. */
class CallerTraceTest {
    private static final String TRACE = "0af7651916cd43dd8448eb211c80319c";
    private static final String SPAN = "b7ad6b7169203331";
    private static final String TRACEPARENT = "00-" + TRACE + "-" + SPAN + "-01";

    @Test
    void traceGoesWithCallsOverRestAlsoFromOtherThreads() throws Exception {
        try (ScriptedServer server = new ScriptedServer();
                TaskerClient client =
                        TaskerClient.of(ClientConfig.of(server.url()).withRetries(RetryPolicy.NEVER))) {
            CompletableFuture<Task> later;
            try (Scope _ = span().makeCurrent()) {
                later = client.async().call(it -> it.tasks().get(UUID.randomUUID()));
            }
            assertThat(later.handle((_, failure) -> failure != null).join()).isTrue();
            CompletableFuture<Task> outside =
                    client.async().call(it -> it.tasks().get(UUID.randomUUID()));
            assertThat(outside.handle((_, failure) -> failure != null).join()).isTrue();

            assertThat(server.calls().getFirst()).endsWith(" traceparent=" + TRACEPARENT);
            assertThat(server.calls().getLast()).doesNotContain("traceparent");
        }
    }

    @Test
    void traceGoesWithCallsOverGrpc() throws Exception {
        try (ScriptedGrpcServer server =
                        new ScriptedGrpcServer(ScriptedGrpcServer.answer(GetTaskResponse.getDefaultInstance()));
                TaskerClient client =
                        TaskerClient.of(ClientConfig.of(server.url()).withRetries(RetryPolicy.NEVER))) {
            try (Scope _ = span().makeCurrent()) {
                assertThat(client.async()
                                .call(it -> it.tasks().get(UUID.randomUUID()))
                                .handle((_, failure) -> failure != null)
                                .join())
                        .as("an empty task is none")
                        .isTrue();
            }
            assertThat(server.calls()).containsExactly("GetTask " + TRACEPARENT);
        }
    }

    private static Span span() {
        return Span.wrap(SpanContext.create(TRACE, SPAN, TraceFlags.getSampled(), TraceState.getDefault()));
    }
}
