package dev.tasker.client;

import com.tasker.v1.GetTemplateRequest;
import com.tasker.v1.GetTemplateResponse;
import com.tasker.v1.ListTemplatesRequest;
import com.tasker.v1.TemplateServiceGrpc;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Over gRPC. */
final class GrpcTemplates implements Templates {
    private final GrpcCalls calls;

    GrpcTemplates(GrpcCalls calls) {
        this.calls = calls;
    }

    @Override
    public TemplateList list(@Nullable String namespace) throws InterruptedException {
        ListTemplatesRequest.Builder request = ListTemplatesRequest.newBuilder();
        if (namespace != null) {
            request.setNamespace(namespace);
        }
        return GrpcJson.read(
                calls.call(TemplateServiceGrpc.getListTemplatesMethod(), request.build(), Manner.READ),
                Map.of(),
                TemplateList.class);
    }

    @Override
    public Template get(String namespace, String name, String version) throws InterruptedException {
        GetTemplateRequest request = GetTemplateRequest.newBuilder()
                .setNamespace(namespace)
                .setName(name)
                .setVersion(version)
                .build();
        GetTemplateResponse found = calls.call(TemplateServiceGrpc.getGetTemplateMethod(), request, Manner.READ);
        return GrpcJson.read(found.getTemplate(), Map.of(), Template.class);
    }

    @Override
    public TemplateRegistration register(String yaml) {
        throw Refusal.unsupported(Transport.GRPC, "templates are not registered");
    }

    @Override
    public TemplateValidation validate(String yaml) {
        throw Refusal.unsupported(Transport.GRPC, "templates are not checked");
    }
}
