package dev.tasker.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tasker.engine.StepView;
import dev.tasker.engine.TaskRequest;
import dev.tasker.engine.TemplateSummary;
import dev.tasker.protocol.worker.v1.RegisterTemplatesRequest;
import dev.tasker.protocol.worker.v1.TemplateOutcome;
import dev.tasker.protocol.worker.v1.WorkerGatewayGrpc;
import dev.tasker.server.config.BindAddress;
import dev.tasker.server.config.Environment;
import dev.tasker.server.config.ServerConfig;
import io.grpc.ManagedChannel;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Templates that a server reads when it starts, or that workers bring (06 §13.5, §18). */
class TemplateLoadingTest {
    private static final String TEMPLATE = """
        name: one
        namespace_name: loading_test
        version: 1.0.0
        steps:
          - name: only
            handler: {callable: test.only}
        environments:
          test:
            steps: [{name: only, retry: {max_attempts: 7}}]
        """;

    @TempDir
    Path folder;

    private Path templates = Path.of("");

    @BeforeEach
    void createTemplates() throws IOException {
        templates = Files.createDirectory(folder.resolve("templates"));
        Files.writeString(templates.resolve("one.yaml"), TEMPLATE);
    }

    @Test
    void changedTemplateStopsAProductionServerUnlessItMayReplace() throws IOException {
        ServerConfig production = config(Environment.PRODUCTION);
        try (TaskerServer server = TaskerServer.start(production)) {
            assertThat(server.engine().templates(null)).hasSize(1);
        }
        try (TaskerServer server = TaskerServer.start(production)) {
            assertThat(server.engine().templates(null)).as("the same again").hasSize(1);
        }
        Files.writeString(templates.resolve("one.yaml"), TEMPLATE + "description: changed\n");

        assertThatThrownBy(() -> TaskerServer.start(production))
                .isInstanceOf(StartupException.class)
                .hasMessageStartingWith("A template cannot be used: ")
                .hasMessageContaining("one.yaml: loading_test/one/1.0.0: content hash ")
                .hasMessageContaining("TASKER_TEMPLATE_OVERWRITE=true");
        ServerConfig replacing = production.withEngine(production.engine().withReplacesTemplates(true));
        try (TaskerServer server = TaskerServer.start(replacing)) {
            assertThat(server.engine().templates(null))
                    .extracting(TemplateSummary::description)
                    .containsExactly("changed");
        }
    }

    @Test
    void changedTemplateReplacesTheFormerInDevelopment() throws IOException {
        ServerConfig development = config(Environment.DEVELOPMENT);
        TaskerServer.start(development).close();
        Files.writeString(templates.resolve("one.yaml"), TEMPLATE + "description: changed\n");

        try (TaskerServer server = TaskerServer.start(development)) {
            assertThat(server.engine().templates(null))
                    .extracting(TemplateSummary::description)
                    .containsExactly("changed");
        }
    }

    @Test
    void nothingIsRegisteredInProductionWhenOneFileIsBroken() throws IOException {
        Path broken = Files.writeString(folder.resolve("broken.yaml"), "name: [");
        Path other = Files.writeString(folder.resolve("other.yaml"), "steps: 5");
        ServerConfig production = config(Environment.PRODUCTION);

        assertThatThrownBy(() -> TaskerServer.start(production.withTemplatePaths(List.of(templates, broken, other))))
                .isInstanceOf(StartupException.class)
                .hasMessageContaining("broken.yaml:1:")
                .hasMessageEndingWith(" more faults, see the log)");
        try (TaskerServer server = TaskerServer.start(production.withTemplatePaths(List.of()))) {
            assertThat(server.engine().templates(null)).isEmpty();
        }
    }

    @Test
    void environmentAppliesToTemplatesOfFilesAndOfWorkers() {
        try (TaskerServer server = TaskerServer.start(config(Environment.TEST))) {
            ManagedChannel channel = NettyChannelBuilder.forAddress(
                            "127.0.0.1", server.grpcPort().orElseThrow())
                    .usePlaintext()
                    .build();
            try {
                List<TemplateOutcome> outcomes = WorkerGatewayGrpc.newBlockingStub(channel)
                        .registerTemplates(RegisterTemplatesRequest.newBuilder()
                                .addTemplatesYaml(TEMPLATE.replace("name: one", "name: two"))
                                .build())
                        .getOutcomesList();
                assertThat(outcomes)
                        .extracting(TemplateOutcome::getStatus)
                        .containsExactly(TemplateOutcome.Status.REGISTERED);
            } finally {
                channel.shutdownNow();
            }
            for (String name : List.of("one", "two")) {
                var task = server.engine()
                        .create(TaskRequest.of("loading_test", name, "1.0.0", "{}"))
                        .join()
                        .taskUuid();
                assertThat(server.engine().steps(task))
                        .extracting(StepView::maxAttempts)
                        .containsExactly(7);
            }
        }
    }

    private ServerConfig config(Environment environment) {
        return ServerConfig.defaults(environment)
                .withEmbeddedDatabase(folder.resolve("pg"), true)
                .withAddresses(BindAddress.loopback(0), BindAddress.loopback(0))
                .withTemplatePaths(List.of(templates));
    }
}
