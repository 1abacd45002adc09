package dev.tasker.server.grpc;

import com.tasker.v1.GetTemplateRequest;
import com.tasker.v1.GetTemplateResponse;
import com.tasker.v1.ListTemplatesRequest;
import com.tasker.v1.ListTemplatesResponse;
import com.tasker.v1.NamespaceSummary;
import com.tasker.v1.TemplateDetail;
import com.tasker.v1.TemplateServiceGrpc;
import dev.tasker.engine.TemplateSummary;
import dev.tasker.server.api.TemplateOperations;
import dev.tasker.server.api.TemplateOperations.Namespace;
import dev.tasker.server.security.Access;
import dev.tasker.server.security.Permission;
import dev.tasker.template.StepDefinition;
import dev.tasker.template.TaskTemplate;
import io.grpc.stub.StreamObserver;
import java.util.List;
import java.util.Map;

/** {@code TemplateService} (03 §2.4). */
final class TemplateRpcs extends TemplateServiceGrpc.TemplateServiceImplBase {
    private final TemplateOperations templates;
    private final Calls calls;

    TemplateRpcs(TemplateOperations templates, Calls calls) {
        this.templates = templates;
        this.calls = calls;
    }

    static Map<String, Access> access() {
        return Map.of(
                "ListTemplates", Access.needs(Permission.TEMPLATES_READ),
                "GetTemplate", Access.needs(Permission.TEMPLATES_READ));
    }

    @Override
    public void listTemplates(ListTemplatesRequest request, StreamObserver<ListTemplatesResponse> observer) {
        calls.answer(
                observer,
                Refusals.PLAIN,
                () -> list(templates.list(request.hasNamespace() ? request.getNamespace() : null)));
    }

    @Override
    public void getTemplate(GetTemplateRequest request, StreamObserver<GetTemplateResponse> observer) {
        calls.answer(
                observer,
                Refusals.PLAIN,
                () -> GetTemplateResponse.newBuilder()
                        .setTemplate(detail(
                                templates.template(request.getNamespace(), request.getName(), request.getVersion())))
                        .build());
    }

    private static ListTemplatesResponse list(List<TemplateSummary> found) {
        ListTemplatesResponse.Builder answer =
                ListTemplatesResponse.newBuilder().setTotalCount(found.size());
        for (Namespace namespace : Namespace.of(found)) {
            NamespaceSummary.Builder summary =
                    NamespaceSummary.newBuilder().setName(namespace.name()).setTemplateCount(namespace.templates());
            if (namespace.description() != null) {
                summary.setDescription(namespace.description());
            }
            answer.addNamespaces(summary);
        }
        for (TemplateSummary template : found) {
            com.tasker.v1.TemplateSummary.Builder summary = com.tasker.v1.TemplateSummary.newBuilder()
                    .setName(template.name())
                    .setNamespace(template.namespace())
                    .setVersion(template.version())
                    .setStepCount(template.stepCount());
            if (template.description() != null) {
                summary.setDescription(template.description());
            }
            answer.addTemplates(summary);
        }
        return answer.build();
    }

    private static TemplateDetail detail(TaskTemplate template) {
        TemplateDetail.Builder message = TemplateDetail.newBuilder()
                .setName(template.name())
                .setNamespace(template.namespace())
                .setVersion(template.version())
                .setConfiguration(Structs.struct(template.toCanonicalJson()));
        if (template.description() != null) {
            message.setDescription(template.description());
        }
        template.steps().forEach(step -> message.addSteps(step(step)));
        return message.build();
    }

    private static com.tasker.v1.StepDefinition step(StepDefinition step) {
        com.tasker.v1.StepDefinition.Builder message = com.tasker.v1.StepDefinition.newBuilder()
                .setName(step.name())
                .setDefaultRetryable(step.retry().retryable())
                .setDefaultMaxAttempts(step.retry().maxAttempts());
        if (step.description() != null) {
            message.setDescription(step.description());
        }
        if (step.resultSchema() != null) {
            message.setResultSchema(Structs.struct(step.resultSchema().toString()));
        }
        return message.build();
    }
}
