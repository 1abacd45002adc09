package dev.tasker.server.rest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tasker.engine.ActionOutcome;
import dev.tasker.engine.DeadLetterReason;
import dev.tasker.engine.DeadLetterUpdate;
import dev.tasker.engine.DeadLetters;
import dev.tasker.engine.ResolutionStatus;
import dev.tasker.engine.TaskRequest;
import dev.tasker.server.TaskerServer;
import dev.tasker.server.config.BindAddress;
import dev.tasker.server.config.Environment;
import dev.tasker.server.config.ServerConfig;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Dead letters as a scraper sees them (03 §4.2). */
class DeadLetterMetricsTest {
    private static final String TEMPLATE = """
        name: lost
        namespace_name: metrics
        version: 1.0.0
        steps:
          - name: only
            handler: {callable: metrics.only}
        """;

    @Test
    void openEntriesAndHoursOfClosedOnesAreShown(@TempDir Path folder) throws Exception {
        try (TaskerServer server = TaskerServer.start(ServerConfig.defaults(Environment.TEST)
                .withEmbeddedDatabase(folder.resolve("pg"), false)
                .withAddresses(BindAddress.loopback(0), BindAddress.loopback(0)))) {
            server.register("lost.yaml", TEMPLATE);
            DeadLetters letters = server.engine().deadLetters();
            List<UUID> tasks = List.of(create(server, 1), create(server, 2), create(server, 3));
            for (UUID task : tasks) {
                assertThat(letters.enter(task, DeadLetterReason.MANUAL_DLQ, "{}"))
                        .isEqualTo(new ActionOutcome.Done());
            }
            UUID closed = letters.newest(tasks.getFirst()).orElseThrow().uuid();
            letters.update(closed, new DeadLetterUpdate(ResolutionStatus.CANCELLED, null, "ann", null));

            assertThat(scrape(server))
                    .contains("# TYPE tasker_dlq_pending_investigations gauge\n")
                    .contains("tasker_dlq_pending_investigations{dlq_reason=\"manual_dlq\"} 2\n")
                    .contains("tasker_dlq_pending_investigations{dlq_reason=\"staleness_timeout\"} 0\n")
                    .contains("# TYPE tasker_dlq_time_in_queue_h histogram\n")
                    .contains(
                            "tasker_dlq_time_in_queue_h_bucket{resolution_status=\"cancelled\",dlq_reason=\"manual_dlq\",le=\"5\"}"
                                + " 1\n")
                    .contains(
                            "tasker_dlq_time_in_queue_h_bucket{resolution_status=\"cancelled\",dlq_reason=\"manual_dlq\",le=\"+Inf\"}"
                                + " 1\n")
                    .contains(
                            "tasker_dlq_time_in_queue_h_count{resolution_status=\"cancelled\",dlq_reason=\"manual_dlq\"}"
                                + " 1\n")
                    .containsPattern(
                            "tasker_dlq_time_in_queue_h_sum\\{resolution_status=\"cancelled\",dlq_reason=\"manual_dlq\"}"
                                + " 0\\.");
        }
    }

    private static UUID create(TaskerServer server, int order) {
        return server.engine()
                .create(TaskRequest.of("metrics", "lost", "1.0.0", "{\"order\":" + order + "}"))
                .join()
                .taskUuid();
    }

    private static String scrape(TaskerServer server) throws Exception {
        try (HttpClient http = HttpClient.newHttpClient()) {
            return http.send(
                            HttpRequest.newBuilder(
                                            server.restUrl().orElseThrow().resolve("/metrics"))
                                    .build(),
                            BodyHandlers.ofString())
                    .body();
        }
    }
}
