package dev.tasker.server.gateway;

import dev.tasker.engine.EngineException;
import dev.tasker.engine.ErrorCode;
import dev.tasker.protocol.worker.v1.RegisterTemplatesRequest;
import dev.tasker.protocol.worker.v1.RegisterTemplatesResponse;
import dev.tasker.protocol.worker.v1.TemplateOutcome;
import dev.tasker.template.TaskTemplate;
import dev.tasker.template.TemplateException;
import dev.tasker.template.TemplateParser;

/** Registers templates that workers bring; what is wrong with one does not keep the others out. */
final class TemplateIntake {
    private final TemplateRegistrar registrar;

    TemplateIntake(TemplateRegistrar registrar) {
        this.registrar = registrar;
    }

    /** What became of each. Fails as the engine does when that is not for what they say. */
    RegisterTemplatesResponse register(RegisterTemplatesRequest request) {
        RegisterTemplatesResponse.Builder response = RegisterTemplatesResponse.newBuilder();
        request.getTemplatesYamlList().forEach(yaml -> response.addOutcomes(register(yaml)));
        return response.build();
    }

    private TemplateOutcome register(String yaml) {
        TaskTemplate template;
        try {
            template = TemplateParser.parse("template", yaml).template();
        } catch (TemplateException e) {
            return TemplateOutcome.newBuilder()
                    .setStatus(TemplateOutcome.Status.INVALID)
                    .setMessage(String.valueOf(e.getMessage()))
                    .build();
        }
        TemplateOutcome.Builder outcome = TemplateOutcome.newBuilder()
                .setNamespace(template.namespace())
                .setName(template.name())
                .setVersion(template.version());
        try {
            registrar.register(template);
            return outcome.setStatus(TemplateOutcome.Status.REGISTERED).build();
        } catch (EngineException e) {
            if (e.code() != ErrorCode.TEMPLATE_CHANGED && e.code() != ErrorCode.INVALID_TEMPLATE) {
                throw e;
            }
            boolean isConflict = e.code() == ErrorCode.TEMPLATE_CHANGED;
            return outcome.setStatus(isConflict ? TemplateOutcome.Status.CONFLICT : TemplateOutcome.Status.INVALID)
                    .setMessage(String.valueOf(e.getMessage()))
                    .build();
        }
    }
}
