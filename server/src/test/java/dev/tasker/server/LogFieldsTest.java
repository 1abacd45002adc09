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
import dev.tasker.worker.WorkSource;
import dev.tasker.worker.WorkerConfig;
import dev.tasker.worker.WorkerRuntime;
import dev.tasker.worker.remote.GrpcWorkSource;
import dev.tasker.worker.remote.GrpcWorkSourceConfig;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/** A task's ids and trace context from its creation to its handlers, whichever way the steps travel (03 §4.6, §4.7). */
class LogFieldsTest {
    private static final String CORRELATION = "2f6b9a34-7c0d-4e1b-9d6f-18a5c3e7b240";
    private static final String PARENT = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    private static final String TEMPLATE = """
        name: one
        namespace_name: logged
        version: 1.0.0
        steps:
          - name: only
            handler: {callable: logged.only}
        """;

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void idsAndTraceGoFromTheRequestToTheHandler(boolean remote, @TempDir Path folder) throws Exception {
        BlockingQueue<Map<String, String>> seen = new LinkedBlockingQueue<>();
        HandlerRegistry handlers = HandlerRegistry.builder()
                .handler("logged.only", context -> {
                    Map<String, String> fields = new HashMap<>(MDC.getCopyOfContextMap());
                    fields.put("traceparent", context.task().traceparent());
                    seen.add(fields);
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
                WorkSource source = remote
                        ? new GrpcWorkSource(
                                "127.0.0.1:" + server.grpcPort().orElseThrow(), GrpcWorkSourceConfig.DEFAULT)
                        : server.workSource();
                WorkerRuntime _ = WorkerRuntime.start(source, handlers, WorkerConfig.defaults());
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
                            .header("traceparent", PARENT)
                            .POST(BodyPublishers.ofString(body))
                            .build(),
                    BodyHandlers.ofString());

            assertThat(created.statusCode()).isEqualTo(200);
            assertThat(seen.poll(20, TimeUnit.SECONDS))
                    .containsEntry("correlation_id", CORRELATION)
                    .containsEntry("step_name", "only")
                    .containsEntry("namespace", "logged")
                    .containsEntry("trace_id", "4bf92f3577b34da6a3ce929d0e0e4736")
                    .containsEntry("traceparent", PARENT)
                    .containsKeys("task_uuid", "step_uuid");
            assertThat(lines.list).singleElement().satisfies(line -> {
                assertThat(line.getFormattedMessage()).isEqualTo("Task created");
                assertThat(line.getMDCPropertyMap())
                        .containsEntry("request_id", "request-7")
                        .containsEntry("trace_id", "4bf92f3577b34da6a3ce929d0e0e4736");
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
