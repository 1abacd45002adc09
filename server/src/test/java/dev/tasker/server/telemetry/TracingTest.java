package dev.tasker.server.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tasker.server.config.TelemetryConfig;
import dev.tasker.worker.Assignment;
import dev.tasker.worker.StepReport;
import dev.tasker.worker.StepView;
import dev.tasker.worker.TaskView;
import dev.tasker.worker.WorkerListener;
import io.grpc.HandlerRegistry;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerMethodDefinition;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.sdk.trace.data.SpanData;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TracingTest {
    private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
    private static final String PARENT = "00-" + TRACE + "-00f067aa0ba902b7-01";

    private final CollectedSpans collected = new CollectedSpans();
    private final List<SpanData> spans = collected.spans();

    private static TelemetryConfig config(String endpoint) {
        return new TelemetryConfig(true, "tasker-test", "test", endpoint, 1);
    }

    private Tracing tracing() {
        return collected.tracing();
    }

    @Test
    void switchedOffItHandsOnWhatCameInAndMakesNothing() {
        Span none = Tracing.OFF.start("x", SpanKind.SERVER, null);
        assertThat(none).isSameAs(Span.getInvalid());
        Span handed = Tracing.OFF.start("x", SpanKind.SERVER, PARENT);
        assertThat(handed.isRecording()).isFalse();
        try (var _ = handed.makeCurrent()) {
            assertThat(TraceContext.current()).isEqualTo(PARENT);
        }
        assertThat(TraceContext.current()).isNull();
        assertThat(Tracing.OFF.workerListeners()).isEmpty();
        assertThat(Tracing.open(TelemetryConfig.OFF, "1")).isSameAs(Tracing.OFF);
    }

    @Test
    void spanGoesOnWithTheTraceOfItsCaller() {
        try (Tracing tracing = tracing()) {
            Span span = tracing.start("asked", SpanKind.SERVER, PARENT);
            try (var _ = span.makeCurrent()) {
                assertThat(TraceContext.current())
                        .isEqualTo("00-" + TRACE + "-" + span.getSpanContext().getSpanId() + "-01");
            }
            span.end();
        }

        assertThat(spans).singleElement().satisfies(span -> {
            assertThat(span.getTraceId()).isEqualTo(TRACE);
            assertThat(span.getParentSpanId()).isEqualTo("00f067aa0ba902b7");
            assertThat(span.getResource().getAttribute(AttributeKey.stringKey("service.name")))
                    .isEqualTo("tasker-test");
            assertThat(span.getResource().getAttribute(AttributeKey.stringKey("service.version")))
                    .isEqualTo("1.2.3");
        });
    }

    @Test
    void callerThatDoesNotSampleIsHeeded() {
        try (Tracing tracing = tracing()) {
            Span span = tracing.start("asked", SpanKind.SERVER, "00-" + TRACE + "-00f067aa0ba902b7-00");
            assertThat(span.isRecording()).isFalse();
            assertThat(span.getSpanContext().getTraceId()).isEqualTo(TRACE);
            span.end();
        }
        assertThat(spans).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7",
                "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
                "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
                "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
                "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01"
            })
    void whatIsNoTraceContextBeginsATraceOfItsOwn(String header) {
        try (Tracing tracing = tracing()) {
            Span span = tracing.start("asked", SpanKind.SERVER, header);
            assertThat(span.getSpanContext().isValid()).isTrue();
            assertThat(span.getSpanContext().getTraceId()).isNotEqualTo(TRACE);
            span.end();
        }
        assertThat(spans)
                .singleElement()
                .satisfies(span ->
                        assertThat(span.getParentSpanContext().isValid()).isFalse());
    }

    @Test
    void everyAttemptIsASpanInTheTraceOfItsTask() {
        Assignment good = assignment(1, PARENT);
        Assignment bad = assignment(2, PARENT);
        Assignment lost = assignment(3, null);
        try (Tracing tracing = tracing()) {
            WorkerListener listener = tracing.workerListeners()[0];
            List.of(good, bad, lost).forEach(listener::started);
            listener.finished(good, report(true));
            listener.finished(bad, report(false));
            listener.lost(lost);
            listener.lost(lost);
        }

        assertThat(spans).hasSize(3).allSatisfy(span -> {
            assertThat(span.getName()).isEqualTo("worker.step_execution");
            assertThat(span.getAttributes().get(AttributeKey.stringKey("step_name")))
                    .isEqualTo("only");
            assertThat(span.getAttributes().get(AttributeKey.stringKey("namespace")))
                    .isEqualTo("n");
        });
        assertThat(spans.get(0).getTraceId()).isEqualTo(TRACE);
        assertThat(spans.get(0).getStatus().getStatusCode()).isEqualTo(StatusCode.OK);
        assertThat(spans.get(1).getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
        assertThat(spans.get(2).getTraceId()).isNotEqualTo(TRACE);
    }

    @Test
    void spansArriveAtACollector() throws Exception {
        BlockingQueue<byte[]> received = new LinkedBlockingQueue<>();
        Server collector = NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .fallbackHandlerRegistry(new Collector(received))
                .build()
                .start();
        try (Tracing tracing = Tracing.open(config("http://127.0.0.1:" + collector.getPort()), "1.2.3")) {
            tracing.start("collected", SpanKind.SERVER, PARENT).end();
            tracing.close();

            byte[] request = received.poll(10, TimeUnit.SECONDS);
            assertThat(request).isNotNull();
            assertThat(new String(request == null ? new byte[0] : request, StandardCharsets.ISO_8859_1))
                    .contains("collected", "tasker-test");
        } finally {
            collector.shutdownNow();
        }
    }

    private static Assignment assignment(int number, @Nullable String traceparent) {
        return new Assignment(
                new UUID(1, 0),
                new UUID(1, number),
                1,
                1,
                1,
                Duration.ZERO,
                new TaskView("n", "t", "1.0.0", new UUID(0, 2), null, "{}", 0, null, null, null, traceparent),
                new StepView("only", "only", "c", "call", null, "{}", null, null, null, List.of()),
                Map.of());
    }

    private static StepReport report(boolean success) {
        return new StepReport(success, false, Duration.ZERO, null, null, null, "{}", Map.of());
    }

    /** Takes whatever is sent. */
    private static final class Collector extends HandlerRegistry {
        private static final MethodDescriptor.Marshaller<byte[]> BYTES = new MethodDescriptor.Marshaller<>() {
            @Override
            public InputStream stream(byte[] value) {
                return new ByteArrayInputStream(value);
            }

            @Override
            public byte[] parse(InputStream stream) {
                try {
                    return stream.readAllBytes();
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }
        };

        private final BlockingQueue<byte[]> received;

        private Collector(BlockingQueue<byte[]> received) {
            this.received = received;
        }

        @Override
        public ServerMethodDefinition<?, ?> lookupMethod(String name, @Nullable String authority) {
            MethodDescriptor<byte[], byte[]> method = MethodDescriptor.newBuilder(BYTES, BYTES)
                    .setType(MethodDescriptor.MethodType.UNARY)
                    .setFullMethodName(name)
                    .build();
            ServerCallHandler<byte[], byte[]> handler = (call, _) -> {
                call.request(1);
                return new ServerCall.Listener<>() {
                    @Override
                    public void onMessage(byte[] message) {
                        received.add(message);
                        call.sendHeaders(new Metadata());
                        call.sendMessage(new byte[0]);
                        call.close(Status.OK, new Metadata());
                    }
                };
            };
            return ServerMethodDefinition.create(method, handler);
        }
    }
}
