package dev.tasker.server.telemetry;

import dev.tasker.server.config.TelemetryConfig;
import dev.tasker.worker.WorkerListener;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import io.opentelemetry.exporter.otlp.trace.OtlpGrpcSpanExporter;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.SpanProcessor;
import io.opentelemetry.sdk.trace.export.BatchSpanProcessor;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Spans of this process. Switched off it records nothing and makes nothing: a span is then at most the trace context that came in, so that
 * it reaches the workers all the same. Thread-safe.
 */
public final class Tracing implements AutoCloseable {
    /** Records nothing. */
    public static final Tracing OFF = new Tracing(null);

    private final @Nullable SdkTracerProvider provider;
    private final @Nullable Tracer tracer;

    private Tracing(@Nullable SdkTracerProvider provider) {
        this.provider = provider;
        this.tracer = provider == null ? null : provider.get("tasker");
    }

    /** Sends spans where the configuration says, in batches, from a thread of its own. */
    public static Tracing open(TelemetryConfig config, String version) {
        if (!config.enabled()) {
            return OFF;
        }
        OtlpGrpcSpanExporter exporter =
                OtlpGrpcSpanExporter.builder().setEndpoint(config.endpoint()).build();
        return open(config, version, BatchSpanProcessor.builder(exporter).build());
    }

    static Tracing open(TelemetryConfig config, String version, SpanProcessor processor) {
        Attributes attributes = Attributes.of(
                AttributeKey.stringKey("service.name"), config.serviceName(),
                AttributeKey.stringKey("service.version"), version,
                AttributeKey.stringKey("deployment.environment"), config.environment());
        return new Tracing(SdkTracerProvider.builder()
                .setResource(Resource.getDefault().merge(Resource.create(attributes)))
                .setSampler(Sampler.parentBased(Sampler.traceIdRatioBased(config.ratio())))
                .addSpanProcessor(processor)
                .build());
    }

    /**
     * Begins a span; whoever gets it ends it.
     *
     * @param traceparent of the caller, null: none
     */
    public Span start(String name, SpanKind kind, @Nullable String traceparent) {
        SpanContext remote = TraceContext.parse(traceparent);
        if (tracer == null) {
            return remote.isValid() ? Span.wrap(remote) : Span.getInvalid();
        }
        Context parent = Context.root().with(Span.wrap(remote));
        return tracer.spanBuilder(name).setSpanKind(kind).setParent(parent).startSpan();
    }

    /** Who hears a worker's attempts: nobody when this is switched off. */
    public WorkerListener[] workerListeners() {
        return tracer == null ? new WorkerListener[0] : new WorkerListener[] {new StepSpans(this)};
    }

    /** Sends what was not sent yet, five seconds at most. */
    @Override
    public void close() {
        if (provider != null) {
            var _ = provider.shutdown().join(5, TimeUnit.SECONDS);
        }
    }
}
