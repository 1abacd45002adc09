package dev.tasker.cli;

import dev.tasker.client.CreateTask;
import dev.tasker.client.TaskerClient;
import dev.tasker.engine.ContextCheck;
import dev.tasker.engine.ContextFault;
import dev.tasker.template.InputValidation;
import dev.tasker.template.TaskTemplate;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/**
 * What would come of a request, by the template that the server has; nothing is created.
 *
 * @param accepted false where the template enforces its {@code input_schema} and the input does not keep to it
 * @param faults of the input
 */
record TaskDryRun(boolean accepted, List<ContextFault> faults, TemplateOutline template) {

    static TaskDryRun of(TaskerClient client, CreateTask request) throws InterruptedException {
        TaskTemplate template = new TemplateKey(request.namespace(), request.name(), request.version()).read(client);
        List<ContextFault> faults = ContextCheck.faults(template, (ObjectNode) request.context());
        boolean refused = template.inputValidation() == InputValidation.ENFORCE && !faults.isEmpty();
        return new TaskDryRun(!refused, faults, TemplateOutline.of(template));
    }

    String text() {
        StringBuilder text = new StringBuilder();
        faults.forEach(fault -> text.append(fault.pointer().isEmpty() ? "input" : fault.pointer())
                .append(": ")
                .append(fault.message())
                .append('\n'));
        return text.append(accepted ? "The input would be accepted.\n\n" : "The input would be REFUSED.\n\n")
                .append(template)
                .toString();
    }
}
