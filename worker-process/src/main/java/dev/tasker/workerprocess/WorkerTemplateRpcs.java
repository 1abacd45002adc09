package dev.tasker.workerprocess;

import com.tasker.v1.CacheStats;
import com.tasker.v1.WorkerGetTemplateRequest;
import com.tasker.v1.WorkerHandlerMetadata;
import com.tasker.v1.WorkerListTemplatesRequest;
import com.tasker.v1.WorkerResolvedTemplate;
import com.tasker.v1.WorkerStepDefinition;
import com.tasker.v1.WorkerTemplateListResponse;
import com.tasker.v1.WorkerTemplateResponse;
import com.tasker.v1.WorkerTemplateServiceGrpc;
import dev.tasker.server.api.Fault;
import dev.tasker.server.api.RefusedOperationException;
import dev.tasker.server.grpc.PromptCalls;
import dev.tasker.server.security.Access;
import dev.tasker.server.security.Permission;
import dev.tasker.template.StepDefinition;
import dev.tasker.template.TaskTemplate;
import dev.tasker.workerprocess.TemplateShelf.Found;
import dev.tasker.workerprocess.TemplateShelf.Listing;
import dev.tasker.workerprocess.TemplateShelf.Statistics;
import io.grpc.stub.StreamObserver;
import java.util.Map;

/** {@code WorkerTemplateService} (03 §2.3): the templates that this worker serves. */
final class WorkerTemplateRpcs extends WorkerTemplateServiceGrpc.WorkerTemplateServiceImplBase {
    private final TemplateShelf templates;

    WorkerTemplateRpcs(TemplateShelf templates) {
        this.templates = templates;
    }

    static Map<String, Access> access() {
        Access read = Access.needs(Permission.WORKER_TEMPLATES_READ);
        return Map.of("ListTemplates", read, "GetTemplate", read);
    }

    @Override
    public void listTemplates(WorkerListTemplatesRequest request, StreamObserver<WorkerTemplateListResponse> observer) {
        PromptCalls.answer(observer, () -> {
            Listing listing = templates.list(request.getNamespace(), request.getIncludeCacheStats());
            WorkerTemplateListResponse.Builder message = WorkerTemplateListResponse.newBuilder()
                    .addAllSupportedNamespaces(listing.namespaces())
                    .setTemplateCount(listing.count())
                    .addAllWorkerCapabilities(listing.capabilities());
            Statistics statistics = listing.statistics();
            if (statistics != null) {
                message.setCacheStats(message(statistics));
            }
            return message.build();
        });
    }

    @Override
    public void getTemplate(WorkerGetTemplateRequest request, StreamObserver<WorkerTemplateResponse> observer) {
        PromptCalls.answer(
                observer,
                () -> templates
                        .find(request.getNamespace(), request.getName(), request.getVersion())
                        .map(WorkerTemplateRpcs::message)
                        .orElseThrow(() -> new RefusedOperationException(
                                Fault.TEMPLATE_UNKNOWN,
                                TemplateShelf.unknown(
                                        request.getNamespace(), request.getName(), request.getVersion()))));
    }

    private static CacheStats message(Statistics statistics) {
        return CacheStats.newBuilder()
                .setTotalCached(statistics.total())
                .setCacheHits(statistics.hits())
                .setCacheMisses(statistics.misses())
                .setCacheEvictions(0)
                .setOldestEntryAgeSeconds(statistics.oldestAgeSeconds())
                .setAverageAccessCount(statistics.averageReads())
                .addAllSupportedNamespaces(statistics.namespaces())
                .build();
    }

    private static WorkerTemplateResponse message(Found found) {
        TaskTemplate template = found.template();
        WorkerResolvedTemplate.Builder resolved = WorkerResolvedTemplate.newBuilder()
                .setName(template.name())
                .setNamespace(template.namespace())
                .setVersion(template.version());
        WorkerHandlerMetadata.Builder metadata = WorkerHandlerMetadata.newBuilder()
                .setNamespace(template.namespace())
                .setVersion(template.version()); // of handlers it has no one name, as REST has no class
        if (template.description() != null) {
            resolved.setDescription(template.description());
            metadata.setDescription(template.description());
        }
        for (StepDefinition step : template.steps()) {
            resolved.addSteps(message(step));
            metadata.addStepNames(step.name());
        }
        return WorkerTemplateResponse.newBuilder()
                .setTemplate(resolved)
                .setHandlerMetadata(metadata)
                .setCached(true)
                .setCacheAgeSeconds(found.ageSeconds())
                .setAccessCount(found.reads())
                .build();
    }

    private static WorkerStepDefinition message(StepDefinition step) {
        WorkerStepDefinition.Builder message = WorkerStepDefinition.newBuilder()
                .setName(step.name())
                .setRetryable(step.retry().retryable())
                .setMaxAttempts(step.retry().maxAttempts());
        if (step.description() != null) {
            message.setDescription(step.description());
        }
        return message.build();
    }
}
