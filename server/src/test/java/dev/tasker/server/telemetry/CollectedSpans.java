package dev.tasker.server.telemetry;

import dev.tasker.server.config.TelemetryConfig;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** Spans that would be sent, in the order in which they ended. */
public final class CollectedSpans implements SpanExporter {
    private final List<SpanData> spans = new CopyOnWriteArrayList<>();
    private final Semaphore arrived = new Semaphore(0);

    /** What records them. */
    public Tracing tracing() {
        return Tracing.open(
                new TelemetryConfig(true, "tasker-test", "test", "http://localhost:1", 1),
                "1.2.3",
                SimpleSpanProcessor.create(this));
    }

    public List<SpanData> spans() {
        return spans;
    }

    /** Waits for so many more. */
    public void await(int count) throws InterruptedException {
        if (!arrived.tryAcquire(count, 10, TimeUnit.SECONDS)) {
            throw new AssertionError(spans.size() + " spans: " + spans + " (expected: " + count + " more)");
        }
    }

    @Override
    public CompletableResultCode export(Collection<SpanData> batch) {
        spans.addAll(batch);
        arrived.release(batch.size());
        return CompletableResultCode.ofSuccess();
    }

    @Override
    public CompletableResultCode flush() {
        return CompletableResultCode.ofSuccess();
    }

    @Override
    public CompletableResultCode shutdown() {
        return CompletableResultCode.ofSuccess();
    }
}
