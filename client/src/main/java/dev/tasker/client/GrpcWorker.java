package dev.tasker.client;

import com.google.protobuf.Message;
import com.tasker.v1.WorkerConfigServiceGrpc;
import com.tasker.v1.WorkerDetailedHealthRequest;
import com.tasker.v1.WorkerGetConfigRequest;
import com.tasker.v1.WorkerGetTemplateRequest;
import com.tasker.v1.WorkerHealthRequest;
import com.tasker.v1.WorkerHealthServiceGrpc;
import com.tasker.v1.WorkerListTemplatesRequest;
import com.tasker.v1.WorkerLivenessRequest;
import com.tasker.v1.WorkerReadinessRequest;
import com.tasker.v1.WorkerResolvedTemplate;
import com.tasker.v1.WorkerStepDefinition;
import com.tasker.v1.WorkerTemplateResponse;
import com.tasker.v1.WorkerTemplateServiceGrpc;
import io.grpc.MethodDescriptor;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Over gRPC. */
final class GrpcWorker implements WorkerOperations {
    private final GrpcCalls calls;

    GrpcWorker(ClientConfig config) {
        this.calls = new GrpcCalls(config);
    }

    @Override
    public WorkerStatus health() throws InterruptedException {
        return probe(
                WorkerHealthServiceGrpc.getCheckHealthMethod(),
                WorkerHealthRequest.getDefaultInstance(),
                WorkerStatus.class);
    }

    @Override
    public WorkerStatus live() throws InterruptedException {
        return probe(
                WorkerHealthServiceGrpc.getCheckLivenessMethod(),
                WorkerLivenessRequest.getDefaultInstance(),
                WorkerStatus.class);
    }

    @Override
    public WorkerReport ready() throws InterruptedException {
        return probe(
                WorkerHealthServiceGrpc.getCheckReadinessMethod(),
                WorkerReadinessRequest.getDefaultInstance(),
                WorkerReport.class);
    }

    @Override
    public WorkerReport detailed() throws InterruptedException {
        return probe(
                WorkerHealthServiceGrpc.getCheckDetailedHealthMethod(),
                WorkerDetailedHealthRequest.getDefaultInstance(),
                WorkerReport.class);
    }

    @Override
    public WorkerTemplateList templates(@Nullable String namespace) throws InterruptedException {
        WorkerListTemplatesRequest.Builder request =
                WorkerListTemplatesRequest.newBuilder().setIncludeCacheStats(true);
        if (namespace != null) {
            request.setNamespace(namespace);
        }
        return GrpcJson.read(
                calls.call(WorkerTemplateServiceGrpc.getListTemplatesMethod(), request.build(), Manner.READ),
                Map.of(),
                WorkerTemplateList.class);
    }

    @Override
    public WorkerTemplate template(String namespace, String name, String version) throws InterruptedException {
        WorkerGetTemplateRequest request = WorkerGetTemplateRequest.newBuilder()
                .setNamespace(namespace)
                .setName(name)
                .setVersion(version)
                .build();
        WorkerTemplateResponse found =
                calls.call(WorkerTemplateServiceGrpc.getGetTemplateMethod(), request, Manner.READ);
        WorkerResolvedTemplate template = found.getTemplate();
        return new WorkerTemplate(
                template.getNamespace(),
                template.getName(),
                template.getVersion(),
                template.hasDescription() ? template.getDescription() : null,
                template.getStepsList().stream().map(GrpcWorker::step).toList(),
                null,
                found.getCached(),
                found.hasCacheAgeSeconds() ? (Long) found.getCacheAgeSeconds() : null,
                found.hasAccessCount() ? (Long) found.getAccessCount() : null);
    }

    @Override
    public WorkerTemplateValidation validate(String namespace, String name, String version) {
        throw Refusal.unsupported(Transport.GRPC, "templates are not checked");
    }

    @Override
    public WorkerConfiguration configuration() throws InterruptedException {
        return GrpcJson.read(
                calls.call(
                        WorkerConfigServiceGrpc.getGetConfigMethod(),
                        WorkerGetConfigRequest.getDefaultInstance(),
                        Manner.READ),
                Map.of(),
                WorkerConfiguration.class);
    }

    @Override
    public String metrics() {
        throw Refusal.unsupported(Transport.GRPC, "metrics are not told");
    }

    @Override
    public void close() {
        calls.close();
    }

    private static WorkerTemplate.TemplateStep step(WorkerStepDefinition step) {
        return new WorkerTemplate.TemplateStep(
                step.getName(),
                step.hasDescription() ? step.getDescription() : null,
                step.getRetryable(),
                step.getMaxAttempts());
    }

    private <Q, A extends Message, T> T probe(MethodDescriptor<Q, A> method, Q request, Class<T> type)
            throws InterruptedException {
        return GrpcJson.read(calls.call(method, request, Manner.PROBE), Map.of(), type);
    }
}
