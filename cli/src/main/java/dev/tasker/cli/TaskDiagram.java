package dev.tasker.cli;

import dev.tasker.client.StepState;
import dev.tasker.client.TaskSummary;
import dev.tasker.client.TaskSummary.Node;
import dev.tasker.client.TaskSummary.StepProgress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A task as a picture and a table (07 §11): the graph of its template in Mermaid, with what became of each step. Steps made while the task ran
 * stand for themselves, since the API does not tell what they wait for.
 *
 * @param baseUrl of links to steps, null for none
 */
record TaskDiagram(TaskSummary task, @Nullable String baseUrl) {

    /** What {@code --format json} prints. */
    record Document(String mermaid, String detailTable, String markdown, List<String> warnings) {}

    Document document() {
        return new Document(mermaid(), table(), markdown(), warnings());
    }

    /** The graph. */
    String mermaid() {
        Map<String, String> ids = ids();
        StringBuilder text = new StringBuilder("graph TD\n");
        Map<String, Node> nodes = nodes();
        ids.forEach((name, id) -> text.append("    ")
                .append(id)
                .append(shape(nodes.get(name), name))
                .append(":::")
                .append(style(name))
                .append('\n'));
        for (Node node : task.template().steps()) {
            for (String parent : node.dependencies()) {
                text.append("    ")
                        .append(ids.get(parent))
                        .append(isDone(parent) ? " --> " : " -.-> ")
                        .append(ids.get(node.name()))
                        .append('\n');
            }
        }
        return text.append("""
                classDef completed fill:#d4edda,stroke:#28a745
                classDef in_progress fill:#cce5ff,stroke:#007bff
                classDef pending fill:#f8f9fa,stroke:#6c757d
                classDef error fill:#f8d7da,stroke:#dc3545
                classDef retrying fill:#fff3cd,stroke:#ffc107
                classDef untraversed fill:#ffffff,stroke:#ced4da,stroke-dasharray:4
            """.indent(0)).toString();
    }

    /** Graph, table and warnings. */
    String markdown() {
        StringBuilder text = new StringBuilder("# %s/%s v%s\n\nTask %s: %s\n\n"
                .formatted(
                        task.task().namespace(),
                        task.task().name(),
                        task.task().version(),
                        task.task().taskUuid(),
                        task.task().status().text()));
        warnings().forEach(warning -> text.append("> ").append(warning).append("\n\n"));
        return text.append("```mermaid\n")
                .append(mermaid())
                .append("```\n\n")
                .append(table())
                .toString();
    }

    private String table() {
        StringBuilder text = new StringBuilder("| Step | Type | Handler | State | Duration | Attempts | Error |"
                + (baseUrl == null ? "" : " Link |") + "\n|---|---|---|---|---|---|---|"
                + (baseUrl == null ? "" : "---|")
                + "\n");
        Map<String, Node> nodes = nodes();
        Map<String, StepProgress> steps = steps();
        for (String name : ids().keySet()) {
            Node node = nodes.get(name);
            StepProgress step = steps.get(name);
            List<String> cells = new ArrayList<>(List.of(
                    name,
                    node == null ? "-" : node.stepType(),
                    node == null ? "-" : node.handler(),
                    step == null ? "untraversed" : step.currentState().text(),
                    step == null ? "-" : duration(step),
                    step == null ? "-" : step.attempts() + "/" + step.maxAttempts(),
                    step == null || step.error() == null
                            ? "-"
                            : Table.text(step.error().errorType())));
            if (baseUrl != null) {
                cells.add(
                        step == null ? "-" : "[step](" + baseUrl + task.links().steps() + "/" + step.stepUuid() + ")");
            }
            text.append("| ")
                    .append(String.join(
                            " | ",
                            cells.stream().map(cell -> cell.replace("|", "\\|")).toList()))
                    .append(" |\n");
        }
        return text.toString();
    }

    private List<String> warnings() {
        return task.dlq().inDlq() ? List.of("The task is in the dead-letter queue.") : List.of();
    }

    /** Of template steps first, then of those made while the task ran. */
    private Map<String, String> ids() {
        Map<String, String> ids = new LinkedHashMap<>();
        task.template().steps().forEach(node -> ids.put(node.name(), "s" + ids.size()));
        task.steps().forEach(step -> ids.putIfAbsent(step.name(), "s" + ids.size()));
        return ids;
    }

    private Map<String, Node> nodes() {
        Map<String, Node> nodes = new LinkedHashMap<>();
        task.template().steps().forEach(node -> nodes.put(node.name(), node));
        return nodes;
    }

    private Map<String, StepProgress> steps() {
        Map<String, StepProgress> steps = new LinkedHashMap<>();
        task.steps().forEach(step -> steps.put(step.name(), step));
        return steps;
    }

    private boolean isDone(String name) {
        StepProgress step = steps().get(name);
        return step != null
                && (step.currentState() == StepState.COMPLETE || step.currentState() == StepState.RESOLVED_MANUALLY);
    }

    private static String shape(@Nullable Node node, String name) {
        String label = '"' + name.replace("\"", "#quot;") + '"';
        return switch (node == null ? "batch_worker" : node.stepType()) {
            case "decision" -> "{" + label + "}";
            case "deferred_convergence", "batchable" -> "[/" + label + "\\]";
            case "batch_worker" -> "[[" + label + "]]";
            default -> "[" + label + "]";
        };
    }

    private String style(String name) {
        StepProgress step = steps().get(name);
        return step == null
                ? "untraversed"
                : switch (step.currentState()) {
                    case COMPLETE, RESOLVED_MANUALLY -> "completed";
                    case IN_PROGRESS -> "in_progress";
                    case PENDING, UNKNOWN -> "pending";
                    case ERROR, CANCELLED -> "error";
                    case WAITING_FOR_RETRY, ENQUEUED, ENQUEUED_FOR_ORCHESTRATION, ENQUEUED_AS_ERROR_FOR_ORCHESTRATION ->
                        "retrying";
                };
    }

    private static String duration(StepProgress step) {
        return step.lastAttemptedAt() == null || step.completedAt() == null
                ? "-"
                : Duration.between(step.lastAttemptedAt(), step.completedAt()).toMillis() + " ms";
    }
}
