package dev.tasker.engine;

import dev.tasker.engine.internal.template.ContextContract;
import dev.tasker.template.TaskTemplate;
import java.util.List;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Whether contexts keep to what a template wants of them (spec 06 §5), asked without making a task. */
public final class ContextCheck {
    private ContextCheck() {}

    /**
     * Everything that is wrong with a context once it is laid over the template's {@code default_context}; nothing when it fits, and when the
     * template does not check.
     */
    public static List<ContextFault> faults(TaskTemplate template, ObjectNode context) {
        ContextContract contract = ContextContract.of(template);
        if (contract == null) {
            return List.of();
        }
        ObjectNode whole = JsonNodeFactory.instance.objectNode();
        template.defaultContext().properties().forEach(member -> whole.set(member.getKey(), member.getValue()));
        return contract.faults(whole.setAll(context));
    }
}
