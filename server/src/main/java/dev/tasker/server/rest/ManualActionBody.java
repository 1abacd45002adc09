package dev.tasker.server.rest;

import dev.tasker.server.api.StepOperations.ManualAction;

/** Reads the body of {@code PATCH …/workflow_steps/{step_uuid}}: an object tagged by {@code action_type} (03 §1.6). */
final class ManualActionBody {
    private ManualActionBody() {}

    static ManualAction parse(String text) {
        JsonBody body = JsonBody.parse(text);
        String type = body.requiredText("action_type");
        String reason = body.requiredText("reason");
        ManualAction action = switch (type) {
            case "reset_for_retry" -> new ManualAction.ResetForRetry(reason, body.requiredText("reset_by"));
            case "resolve_manually" -> new ManualAction.ResolveManually(reason, body.requiredText("resolved_by"));
            case "complete_manually" -> completion(body, reason);
            default -> {
                if (!type.isEmpty()) {
                    body.fault(
                            "action_type",
                            "\"" + type + "\" (expected: reset_for_retry, resolve_manually or complete_manually)");
                }
                yield new ManualAction.ResetForRetry(reason, "");
            }
        };
        body.requireNoFaults();
        return action;
    }

    private static ManualAction completion(JsonBody body, String reason) {
        String operator = body.requiredText("completed_by");
        JsonBody data = body.optionalObject("completion_data");
        if (data == null) {
            if (!body.has("completion_data")) {
                body.missing("completion_data", "an object with result");
            }
            return new ManualAction.CompleteManually("null", null, reason, operator);
        }
        return new ManualAction.CompleteManually(
                data.requiredJson("result", "a value"), data.optionalJson("metadata"), reason, operator);
    }
}
