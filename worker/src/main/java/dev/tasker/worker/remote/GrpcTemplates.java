package dev.tasker.worker.remote;

import dev.tasker.protocol.worker.v1.RegisterTemplatesRequest;
import dev.tasker.protocol.worker.v1.TemplateOutcome;
import dev.tasker.protocol.worker.v1.WorkerGatewayGrpc;
import dev.tasker.template.TaskTemplate;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.MetadataUtils;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Brings templates over gRPC, as many in one call as a message should hold. */
final class GrpcTemplates {
    private static final int CALL_TEMPLATES_MAX = 500;
    private static final int CALL_CHARACTERS_MAX = 2 << 20;
    private static final Duration TIMEOUT = Duration.ofSeconds(10);

    private final GrpcWorkSource source;

    GrpcTemplates(GrpcWorkSource source) {
        this.source = source;
    }

    /** As {@link RemoteWorkSource#register}. */
    List<String> register(Collection<TaskTemplate> templates) throws TemplatesRefusedException {
        ManagedChannel channel = null;
        try {
            channel = source.newChannel();
            WorkerGatewayGrpc.WorkerGatewayBlockingStub gateway = WorkerGatewayGrpc.newBlockingStub(channel)
                    .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(credential()));
            List<String> faults = new ArrayList<>();
            for (RegisterTemplatesRequest call : calls(templates)) {
                gateway
                        .withDeadlineAfter(TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)
                        .registerTemplates(call)
                        .getOutcomesList()
                        .stream()
                        .filter(outcome -> outcome.getStatus() != TemplateOutcome.Status.REGISTERED)
                        .forEach(outcome -> faults.add(told(outcome)));
            }
            return faults;
        } catch (StatusRuntimeException e) {
            throw TemplatesRefusedException.of(e.getStatus());
        } catch (IOException e) {
            throw TemplatesRefusedException.of(Status.UNAVAILABLE.withDescription("tls: " + e));
        } finally {
            if (channel != null) {
                channel.shutdownNow();
            }
        }
    }

    private Metadata credential() throws TemplatesRefusedException {
        Metadata headers = new Metadata();
        WorkerCredential shown = source.config().credential();
        if (shown != null) {
            try {
                headers.put(
                        Metadata.Key.of(shown.header(), Metadata.ASCII_STRING_MARSHALLER),
                        shown.prefix() + shown.secret().get());
            } catch (RuntimeException e) {
                throw TemplatesRefusedException.of(Status.UNAVAILABLE.withDescription("no credential: " + e));
            }
        }
        return headers;
    }

    /** JSON is YAML, too. */
    private static List<RegisterTemplatesRequest> calls(Collection<TaskTemplate> templates) {
        List<RegisterTemplatesRequest> calls = new ArrayList<>();
        RegisterTemplatesRequest.Builder call = RegisterTemplatesRequest.newBuilder();
        int characters = 0;
        for (TaskTemplate template : templates) {
            String document = template.toCanonicalJson();
            boolean full = call.getTemplatesYamlCount() == CALL_TEMPLATES_MAX
                    || characters + document.length() > CALL_CHARACTERS_MAX;
            if (full && call.getTemplatesYamlCount() > 0) {
                calls.add(call.build());
                call = RegisterTemplatesRequest.newBuilder();
                characters = 0;
            }
            call.addTemplatesYaml(document);
            characters += document.length();
        }
        calls.add(call.build());
        return calls;
    }

    private static String told(TemplateOutcome outcome) {
        return "%s/%s/%s: %s"
                .formatted(outcome.getNamespace(), outcome.getName(), outcome.getVersion(), outcome.getMessage());
    }
}
