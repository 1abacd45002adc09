package dev.tasker.server.rest;

import dev.tasker.engine.TaskExplanation;

/** Why a task is not finished: codes for programs, sentences for people. */
final class ExplanationJson {
    private ExplanationJson() {}

    static byte[] explanation(TaskExplanation task) {
        JsonWriter json = new JsonWriter()
                .openObject()
                .uuid("task_uuid", task.taskUuid())
                .text("status", task.state().text())
                .time("since", Timestamps.ZULU, task.since())
                .text("sentence", task.sentence())
                .openArray("steps");
        for (TaskExplanation.Step step : task.steps()) {
            json.openObject()
                    .uuid("step_uuid", step.stepUuid())
                    .text("name", step.name())
                    .text("current_state", step.state().text())
                    .text("reason", step.reason().code())
                    .text("sentence", step.reason().sentence())
                    .closeObject();
        }
        return json.closeArray().closeObject().toBytes();
    }
}
