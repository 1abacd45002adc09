package dev.tasker.engine.internal.template;

import dev.tasker.engine.ContextFault;
import dev.tasker.template.InputValidation;
import dev.tasker.template.TaskTemplate;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** What a template that opts in wants of contexts (spec 06 §5). Thread-safe. */
public final class ContextContract {
    private final CompiledSchema schema;
    private final boolean enforced;
    private final ObjectNode defaults;

    private ContextContract(CompiledSchema schema, boolean enforced, ObjectNode defaults) {
        this.schema = schema;
        this.enforced = enforced;
        this.defaults = defaults;
    }

    /** The contract of a template, null when it does not opt in. */
    public static @Nullable ContextContract of(TaskTemplate template) {
        JsonNode document = template.inputSchema();
        if (document == null || template.inputValidation() == InputValidation.OFF) {
            return null;
        }
        ObjectNode defaults = JsonNodeFactory.instance.objectNode();
        for (Map.Entry<String, JsonNode> property : document.path("properties").properties()) {
            JsonNode value = property.getValue().path("default");
            if (!value.isMissingNode()) {
                defaults.set(property.getKey(), value);
            }
        }
        return new ContextContract(
                CompiledSchema.compile(document), template.inputValidation() == InputValidation.ENFORCE, defaults);
    }

    /** Everything that is wrong with a context; nothing when it keeps to the contract. */
    public List<ContextFault> faults(JsonNode context) {
        return schema.faults(context);
    }

    /** Whether a context with faults is refused; else they are only reported. */
    public boolean isEnforced() {
        return enforced;
    }

    /** Values of members that a context which fits has no value for; an object. */
    public JsonNode defaults() {
        return defaults;
    }
}
