package dev.tasker.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The demonstration from end to end: PostgreSQL, server, worker, HTTP. */
class DemoCommandTest {

    @Test
    void demoRunsTheOrderToItsEndAndCanBeRepeated() {
        for (int run = 0; run < 2; run++) {
            Execution demo = Execution.of("demo", "--json");

            assertThat(demo.exitCode()).as(demo.err()).isZero();
            List<String> lines = demo.out().lines().toList();
            JsonNode outcome = JsonMapper.shared().readTree(lines.getLast());
            assertThat(outcome.propertyNames()).containsExactly("task_uuid", "state", "elapsed_ms", "steps");
            assertThat(outcome.get("state").asString()).isEqualTo("complete");
            assertThat(outcome.get("steps").size()).isEqualTo(7);
            for (JsonNode step : outcome.get("steps")) {
                assertThat(step.propertyNames()).containsExactly("name", "state", "attempts", "elapsed_ms");
                assertThat(step.get("state").asString()).isEqualTo("complete");
                boolean retried = step.get("name").asString().equals("charge_payment");
                assertThat(step.get("attempts").asInt()).isEqualTo(retried ? 2 : 1);
            }
        }
    }

    @Test
    void withoutATerminalEveryChangeIsALine() {
        Execution demo = Execution.of("demo");

        assertThat(demo.exitCode()).as(demo.err()).isZero();
        assertThat(demo.out())
                .contains("Order submitted: http://127.0.0.1:")
                .containsPattern("(?m)^  charge_payment +complete +attempt 2 ")
                .containsPattern("(?m)^  task +complete$")
                .contains("Task complete: 7 steps, 8 attempts, ")
                .doesNotContain("\u001b");
    }
}
