package dev.tasker.cli.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/** What answers of the API must look like when a task rests (09 §2.7). */
record Expectations(TaskApi api) {

    /** The task and all its steps are complete, each after one attempt. */
    void assertComplete(JsonNode task, int steps) throws IOException, InterruptedException {
        assertThat(task.get("status").asString()).as(task.toString()).isEqualTo("complete");
        assertThat(task.get("execution_status").asString()).isEqualTo("all_complete");
        assertThat(task.get("total_steps").asInt()).isEqualTo(steps);
        assertThat(task.get("completed_steps").asInt()).isEqualTo(steps);
        assertThat(task.get("failed_steps").asInt()).isZero();
        assertThat(task.get("completion_percentage").asDouble()).isEqualTo(100.0);
        assertThat(task.get("completed_at").isString()).isTrue();
        assertThat(names(task.get("steps"))).isEqualTo(names(api.steps(uuid(task))));
        assertThat(api.steps(uuid(task)).valueStream()).hasSize(steps).allSatisfy(step -> {
            assertThat(step.get("current_state").asString()).isEqualTo("complete");
            assertThat(step.get("attempts").asInt()).isEqualTo(1);
            assertThat(step.get("dependencies_satisfied").asBoolean()).isTrue();
            assertThat(step.get("completed_at").isString()).isTrue();
            assertThat(step.at("/results/success").asBoolean()).isTrue();
            assertThat(step.at("/results/status").asString()).isEqualTo("completed");
            assertThat(step.at("/results/step_uuid")).isEqualTo(step.get("step_uuid"));
        });
    }

    static void assertFailed(JsonNode step, int attempts, String code, String type, boolean retryable) {
        assertThat(step.get("current_state").asString()).as(step.toString()).isEqualTo("error");
        assertThat(step.get("attempts").asInt()).isEqualTo(attempts);
        assertThat(step.at("/results/success").asBoolean()).isFalse();
        assertThat(step.at("/results/status").asString()).isEqualTo("failed");
        assertThat(step.at("/results/result").toString()).isEqualTo("{}");
        assertThat(step.at("/results/metadata/error_code").asString()).isEqualTo(code);
        assertThat(step.at("/results/metadata/error_type").asString()).isEqualTo(type);
        assertThat(step.at("/results/metadata/retryable").asBoolean()).isEqualTo(retryable);
        assertThat(step.at("/results/error/message").asString()).isNotBlank();
        assertThat(step.get("ready_for_execution").asBoolean()).isFalse();
    }

    /** What the handlers answered, as JSON text by step, in the order of the list. */
    Map<String, String> results(JsonNode task) throws IOException, InterruptedException {
        Map<String, String> results = new LinkedHashMap<>();
        for (JsonNode step : api.steps(uuid(task))) {
            results.put(step.get("name").asString(), step.at("/results/result").toString());
        }
        return results;
    }

    static List<String> names(JsonNode steps) {
        Stream<JsonNode> list = steps.valueStream();
        return list.map(step -> step.get("name").asString()).toList();
    }

    static JsonNode only(JsonNode steps) {
        assertThat(steps.size()).isEqualTo(1);
        return steps.get(0);
    }

    static String uuid(JsonNode task) {
        return task.get("task_uuid").asString();
    }
}
