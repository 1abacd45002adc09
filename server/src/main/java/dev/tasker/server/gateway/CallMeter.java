package dev.tasker.server.gateway;

import dev.tasker.engine.meter.Distribution;
import dev.tasker.engine.meter.Distributions;
import dev.tasker.engine.meter.Instrument;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerStreamTracer;
import io.grpc.Status;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How long calls last, streams included, by method and how they end (03 §4.4). Calls of methods that are not served are not counted: whoever
 * calls may name them as he likes. Thread-safe.
 */
final class CallMeter extends ServerStreamTracer.Factory {
    private static final List<String> LABELS = List.of("rpc_service", "rpc_method", "rpc_grpc_status_code");

    private final Distributions durations = new Distributions(Distribution::ofMillis);

    @Override
    public ServerStreamTracer newServerStreamTracer(String fullMethodName, Metadata headers) {
        return new Tracer();
    }

    List<Instrument> instruments() {
        return List.of(Instrument.histogram(
                "tasker-orchestration", "rpc.server.duration", "ms", LABELS, durations.snapshot()));
    }

    /** One call; its events come one after the other. */
    private final class Tracer extends ServerStreamTracer {
        private final long began = System.nanoTime();
        private volatile @Nullable MethodDescriptor<?, ?> method;

        @Override
        public void serverCallStarted(ServerCallInfo<?, ?> callInfo) {
            method = callInfo.getMethodDescriptor();
        }

        @Override
        public void streamClosed(Status status) {
            MethodDescriptor<?, ?> served = method;
            if (served != null) {
                durations
                        .of(
                                String.valueOf(served.getServiceName()),
                                String.valueOf(served.getBareMethodName()),
                                String.valueOf(status.getCode().value()))
                        .record(System.nanoTime() - began);
            }
        }
    }
}
