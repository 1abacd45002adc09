package dev.tasker.cli;

import dev.tasker.client.Step;
import dev.tasker.client.TaskSummary;
import dev.tasker.client.TaskerClient;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** What a task came to: the result of the step that no other step of the template waits for; of several, each by its name. */
final class TaskResult {
    private TaskResult() {}

    /**
     * That of the whole task.
     *
     * @throws CommandException when none of these steps has one
     */
    static JsonNode of(TaskerClient client, UUID task) throws InterruptedException {
        TaskSummary summary = client.tasks().summary(task);
        Set<String> last = new HashSet<>();
        summary.template().steps().forEach(node -> last.add(node.name()));
        summary.template().steps().forEach(node -> last.removeAll(Set.copyOf(node.dependencies())));
        ObjectNode results = JsonMapper.shared().createObjectNode();
        List<Step> steps = client.steps().list(task);
        steps.stream()
                .filter(step -> last.contains(step.name()))
                .forEach(step -> step.result().ifPresent(result -> results.set(step.name(), result)));
        if (results.isEmpty()) {
            throw new CommandException(CommandException.NOT_FOUND, "Task " + task + " has no result (yet).", null);
        }
        return results.size() == 1 ? results.values().iterator().next() : results;
    }

    /** That of one step. */
    static JsonNode of(Step step) {
        return step.result()
                .orElseThrow(() -> new CommandException(
                        CommandException.NOT_FOUND, "Step " + step.name() + " has no result (yet).", null));
    }
}
