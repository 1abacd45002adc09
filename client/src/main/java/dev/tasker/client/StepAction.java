package dev.tasker.client;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** What an operator does to a step (03 §1.6). */
public sealed interface StepAction {

    /** Why, for the history. */
    String reason();

    /** From {@code error} back to work, its attempts forgotten. */
    record ResetForRetry(String reason, String resetBy) implements StepAction {}

    /** As if it were done, without a result. */
    record ResolveManually(String reason, String resolvedBy) implements StepAction {}

    /**
     * Done, with this result; steps behind it see it like a worker's.
     *
     * @param metadata kept with the result, null for none
     */
    record CompleteManually(JsonNode result, @Nullable JsonNode metadata, String reason, String completedBy)
            implements StepAction {}

    /** The body of the call. */
    default String toJson() {
        ObjectNode body = Json.MAPPER.createObjectNode();
        switch (this) {
            case ResetForRetry reset ->
                body.put("action_type", "reset_for_retry").put("reset_by", reset.resetBy);
            case ResolveManually resolved ->
                body.put("action_type", "resolve_manually").put("resolved_by", resolved.resolvedBy);
            case CompleteManually completed -> {
                body.put("action_type", "complete_manually").put("completed_by", completed.completedBy);
                ObjectNode data = body.putObject("completion_data");
                data.set("result", completed.result);
                if (completed.metadata != null) {
                    data.set("metadata", completed.metadata);
                }
            }
        }
        return body.put("reason", reason()).toString();
    }
}
