package dev.tasker.server;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.tasker.server.config.BindAddress;
import dev.tasker.server.config.Environment;
import dev.tasker.server.config.ServerConfig;
import dev.tasker.worker.HandlerRegistry;
import dev.tasker.worker.StepResult;
import dev.tasker.worker.WorkerConfig;
import dev.tasker.worker.WorkerRuntime;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/** A task's ids on the log lines from its creation to its handlers (03 §4.6, §4.7). */
class LogFieldsTest {
    private static final String CORRELATION = "2f6b9a34-7c0d-4e1b-9d6f-18a5c3e7b240";
    private static final String TEMPLATE = """
        name: one
        namespace_name: logged
        version: 1.0.0
        steps:
          - name: only
            handler: {callable: logged.only}
        """;

    @Test
    void correlationIdGoesFromTheRequestToTheHandler(@TempDir Path folder) throws Exception {
        BlockingQueue<Map<String, String>> seen = new LinkedBlockingQueue<>();
        HandlerRegistry handlers = HandlerRegistry.builder()
                .handler("logged.only", _ -> {
                    seen.add(Map.copyOf(MDC.getCopyOfContextMap()));
                    return StepResult.success();
                })
                .build();
        ListAppender<ILoggingEvent> lines = new ListAppender<>();
        lines.start();
        Logger logger = (Logger) LoggerFactory.getLogger("dev.tasker.server.rest.TaskRoutes");
        logger.setLevel(Level.INFO);
        logger.addAppender(lines);
        try (TaskerServer server = TaskerServer.start(ServerConfig.defaults(Environment.TEST)
                        .withEmbeddedDatabase(folder.resolve("pg"), false)
                        .withAddresses(BindAddress.loopback(0), BindAddress.loopback(0)));
                WorkerRuntime _ = WorkerRuntime.start(server.workSource(), handlers, WorkerConfig.defaults());
                HttpClient http = HttpClient.newHttpClient()) {
            server.register("one.yaml", TEMPLATE);
            String body = """
                {"namespace":"logged","name":"one","version":"1.0.0","context":{},"initiator":"i","source_system":"s",
                 "reason":"r","correlation_id":"%s"}
                """.formatted(CORRELATION);
            HttpResponse<String> created = http.send(
                    HttpRequest.newBuilder(server.restUrl().orElseThrow().resolve("/v1/tasks"))
                            .header("content-type", "application/json")
                            .header("x-request-id", "request-7")
                            .POST(BodyPublishers.ofString(body))
                            .build(),
                    BodyHandlers.ofString());

            assertThat(created.statusCode()).isEqualTo(200);
            assertThat(seen.poll(20, TimeUnit.SECONDS))
                    .containsEntry("correlation_id", CORRELATION)
                    .containsEntry("step_name", "only")
                    .containsEntry("namespace", "logged")
                    .containsKeys("task_uuid", "step_uuid");
            assertThat(lines.list).singleElement().satisfies(line -> {
                assertThat(line.getFormattedMessage()).isEqualTo("Task created");
                assertThat(line.getMDCPropertyMap()).containsEntry("request_id", "request-7");
                assertThat(line.getKeyValuePairs().stream()
                                .collect(Collectors.toMap(pair -> pair.key, pair -> String.valueOf(pair.value))))
                        .containsEntry("correlation_id", CORRELATION)
                        .containsEntry("task_name", "one")
                        .containsKey("task_uuid");
            });
        } finally {
            logger.detachAppender(lines);
            logger.setLevel(null);
        }
    }
}
