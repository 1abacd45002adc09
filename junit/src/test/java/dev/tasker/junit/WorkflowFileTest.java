package dev.tasker.junit;

import static dev.tasker.junit.WorkflowAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tasker.worker.HandlerRegistry;
import dev.tasker.worker.StepResult;
import dev.tasker.worker.event.EventPublisher;
import dev.tasker.worker.event.PublishContext;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** One template of a file, with an overlay of its environment and a publisher of the user's. */
class WorkflowFileTest {
    private static final class Named implements EventPublisher {
        @Override
        public String name() {
            return "named";
        }

        @Override
        public Object transformPayload(PublishContext context) {
            return Map.of("by", "the publisher");
        }
    }

    @RegisterExtension
    static final Workflows workflows = Workflows.with(HandlerRegistry.builder()
                    .handler(
                            "files.greet",
                            step -> StepResult.success(
                                    Map.of("to", step.config().get("to"))))
                    .build())
            .template(file())
            .environment("staging")
            .publisher(new Named());

    private static Path file() {
        try {
            Path file = Files.createTempFile("greeting", ".yaml");
            file.toFile().deleteOnExit();
            return Files.writeString(file, """
                name: greeting
                namespace_name: files
                version: 1.0.0
                steps:
                  - name: greet
                    handler: {callable: files.greet, initialization: {to: world}}
                    publishes_events:
                      - {name: greeting.said, description: d, schema: {type: object}, publisher: named}
                environments:
                  staging:
                    steps:
                      - name: greet
                        handler: {initialization: {to: staging}}
                """);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void fileRunsAsInItsEnvironmentWithItsPublisher() {
        WorkflowRun run = workflows.run("{}");

        assertThat(run).isComplete().published("greeting.said").step("greet").hasResult("{\"to\": \"staging\"}");
        assertThat(run.events().getFirst().payload().get("by").asString()).isEqualTo("the publisher");
    }
}
