package dev.tasker.server.api;

import dev.tasker.engine.StepView;
import dev.tasker.engine.TaskView;
import dev.tasker.server.json.JsonMembers;
import dev.tasker.server.json.JsonMembers.Value;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a task was given and what its steps made of it (03 §2.4). All values are JSON texts.
 *
 * @param inputs the task's context by member
 * @param outputs what steps that satisfy their dependants returned, by step name
 */
public record TaskContexts(Map<String, String> inputs, Map<String, String> outputs) {
    public TaskContexts {
        inputs = Map.copyOf(inputs);
        outputs = Map.copyOf(outputs);
    }

    public static TaskContexts of(TaskView task) {
        Map<String, String> inputs = new LinkedHashMap<>();
        JsonMembers.parse(task.context()).all().forEach((name, value) -> inputs.put(name, value.text()));
        Map<String, String> outputs = new LinkedHashMap<>();
        for (StepView step : task.steps()) {
            String document = StepResultDocument.of(step);
            if (step.state().satisfies() && document != null && document.startsWith("{")) {
                Value result = JsonMembers.parse(document).all().get("result");
                if (result != null) {
                    outputs.put(step.name(), result.text());
                }
            }
        }
        return new TaskContexts(inputs, outputs);
    }

    /** The inputs, overlaid with the outputs. */
    public Map<String, String> merged() {
        Map<String, String> merged = new LinkedHashMap<>(inputs);
        merged.putAll(outputs);
        return merged;
    }
}
