package dev.tasker.server.rest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tasker.engine.Migrations;
import dev.tasker.postgres.EmbeddedPostgres;
import dev.tasker.postgres.EmbeddedPostgresConfig;
import dev.tasker.server.TaskerServer;
import dev.tasker.server.config.BindAddress;
import dev.tasker.server.config.DatabaseConfig;
import dev.tasker.server.config.DatabaseUrl;
import dev.tasker.server.config.Environment;
import dev.tasker.server.config.ServerConfig;
import dev.tasker.worker.HandlerRegistry;
import dev.tasker.worker.StepResult;
import dev.tasker.worker.WorkerConfig;
import dev.tasker.worker.WorkerRuntime;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** What clients of one instance see of what happens through another (03, appendix B 1 and 25). */
class TwoInstancesTest {
    private static final int TASKS = 20;
    private static final String TEMPLATE = """
        name: NAME
        namespace_name: two
        version: 1.0.0
        identity_strategy: always_unique
        steps:
          - name: only
            handler: {callable: two.NAME}
            retry: {retryable: true, max_attempts: 3, backoff_base_ms: 50}
        """;
    private static final String REQUEST = """
        {"name":"NAME","namespace":"two","version":"1.0.0","context":{},"initiator":"t","source_system":"t","reason":"t"}
        """;

    @Test
    @Timeout(60)
    void taskIsFoundAtAnotherInstanceAtOnceAndFailsOnlyWhenItsAttemptsAreUsedUp(@TempDir Path folder) throws Exception {
        try (EmbeddedPostgres postgres = migrated(folder);
                TaskerServer first = TaskerServer.start(config(postgres));
                TaskerServer second = TaskerServer.start(config(postgres))) {
            first.register("found.yaml", TEMPLATE.replace("NAME", "found"));
            first.register("flaky.yaml", TEMPLATE.replace("NAME", "flaky"));
            TestClient one = new TestClient(first);
            TestClient other = new TestClient(second);

            for (int i = 0; i < TASKS; i++) {
                String task = create(one, "found");
                assertThat(other.read("/v1/tasks/" + task).get("task_uuid").asString())
                        .isEqualTo(task);
            }

            HandlerRegistry handlers = HandlerRegistry.builder()
                    .handler("two.flaky", _ -> StepResult.failure("not yet").type("flaky"))
                    .build();
            try (WorkerRuntime _ = WorkerRuntime.start(first.workSource(), handlers, WorkerConfig.defaults())) {
                String task = create(one, "flaky");
                Set<String> seen = new TreeSet<>();
                CountDownLatch never = new CountDownLatch(1);
                while (!hasFailed(other, task, seen)) {
                    assertThat(never.await(10, TimeUnit.MILLISECONDS)).isFalse();
                }
                assertThat(seen)
                        .as("states on the way")
                        .contains("waiting_for_retry")
                        .doesNotContain("error");
            }
        }
    }

    /** Whether the task is blocked; until then its step is never in error, and has attempts left. */
    private static boolean hasFailed(TestClient client, String task, Set<String> seen)
            throws IOException, InterruptedException {
        JsonNode view = client.read("/v1/tasks/" + task);
        JsonNode step = view.get("steps").get(0);
        if (view.get("execution_status").asString().equals("blocked_by_failures")) {
            assertThat(step.get("attempts").asInt()).isEqualTo(3);
            return true;
        }
        assertThat(view.get("failed_steps").asInt()).isZero();
        seen.add(step.get("current_state").asString());
        return false;
    }

    private static String create(TestClient client, String template) throws IOException, InterruptedException {
        return TestClient.json(client.send("POST", "/v1/tasks", REQUEST.replace("NAME", template), Map.of()))
                .get("task_uuid")
                .asString();
    }

    private static EmbeddedPostgres migrated(Path folder) {
        EmbeddedPostgres postgres = EmbeddedPostgres.start(
                EmbeddedPostgresConfig.of(folder.resolve("pg")).withKeepData(false));
        postgres.createDatabase("two");
        new Migrations(postgres.dataSource("two")).migrate();
        return postgres;
    }

    private static ServerConfig config(EmbeddedPostgres postgres) {
        ServerConfig defaults = ServerConfig.defaults(Environment.TEST);
        return defaults.withDatabase(new DatabaseConfig(
                        DatabaseUrl.parse("postgresql://" + postgres.user() + ":" + postgres.password() + "@127.0.0.1:"
                                + postgres.port() + "/two"),
                        null,
                        defaults.database().pool(),
                        defaults.database().dataDirectory(),
                        true))
                .withAddresses(BindAddress.loopback(0), BindAddress.loopback(0));
    }
}
