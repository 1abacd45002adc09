package dev.tasker.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tasker.cli.fault.ChildJvm;
import dev.tasker.engine.TaskRequest;
import dev.tasker.engine.TaskState;
import dev.tasker.examples.demo.DemoHandlers;
import dev.tasker.server.TaskerServer;
import dev.tasker.server.config.BindAddress;
import dev.tasker.server.config.Environment;
import dev.tasker.server.config.ServerConfig;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What {@code tasker worker} takes from around it: credentials in variables, classes in a jar. */
@TestInstance(Lifecycle.PER_CLASS)
@Timeout(120)
class WorkerSurroundingsTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final String TEMPLATE = """
        name: weighing
        namespace_name: jarred
        version: 1.0.0
        steps:
          - {name: weigh, handler: {callable: com.example.jarred.WeighHandler}}
        """;

    /** Beside its own class it needs another of the jar, and a file in it. */
    private static final String HANDLER = """
        package com.example.jarred;

        import dev.tasker.worker.StepContext;
        import dev.tasker.worker.StepHandler;
        import dev.tasker.worker.StepResult;
        import java.io.IOException;
        import java.util.Map;

        public final class WeighHandler implements StepHandler {
            @Override
            public StepResult handle(StepContext context) throws IOException {
                try (var unit = WeighHandler.class.getResourceAsStream("unit.txt")) {
                    return StepResult.success(Map.of(
                            "weight", Scales.weigh(), "unit", new String(unit.readAllBytes())));
                }
            }
        }
        """;

    private static final String SCALES = """
        package com.example.jarred;

        final class Scales {
            static int weigh() {
                return 42;
            }
        }
        """;

    @TempDir
    static Path folder;

    private Credentials credentials;
    private TaskerServer server;

    @BeforeAll
    void start() throws Exception {
        credentials = Credentials.make(folder);
        server = TaskerServer.start(ServerConfig.defaults(Environment.TEST)
                .withEmbeddedDatabase(folder.resolve("pg"), false)
                .withAddresses(BindAddress.loopback(0), BindAddress.loopback(0))
                .withAuth(credentials.workersOnly()));
        server.register("demo", DemoHandlers.templateYaml());
        server.register("weighing.yaml", TEMPLATE);
    }

    @AfterAll
    void stop() {
        server.close();
    }

    /** Each variable goes before those after it, which hold rubbish. */
    @ParameterizedTest
    @CsvSource({
        "TASKER_WORKER_AUTH_TOKEN, TOKEN",
        "TASKER_AUTH_TOKEN, TOKEN",
        "TASKER_API_KEY, open-sesame",
    })
    void credentialOfAVariableLetsTheWorkerWork(String variable, String value) throws Exception {
        Map<String, String> environment =
                new HashMap<>(Map.of("TASKER_ENV", "test", "TASKER_API_KEY_HEADER", "X-Worker-Key"));
        List<String> order = List.of("TASKER_WORKER_AUTH_TOKEN", "TASKER_AUTH_TOKEN", "TASKER_API_KEY");
        order.stream().skip(order.indexOf(variable)).forEach(name -> environment.put(name, "rubbish"));
        environment.put(variable, value.equals("TOKEN") ? credentials.workerToken() : value);

        try (ChildJvm worker = ChildJvm.start(
                variable,
                Main.class,
                environment,
                "worker",
                "--server",
                "127.0.0.1:" + server.grpcPort().orElseThrow(),
                "--port",
                "0",
                "--grpc-port",
                "0")) {
            UUID task = create("shop", "order", DemoHandlers.sampleOrderJson());
            awaitComplete(task);
            assertThat(worker.stop()).as(worker.output()).isZero();
            assertThat(worker.output()).doesNotContain(environment.get(variable));
        }
    }

    @Test
    void handlersOfAJarRun() throws Exception {
        Path jar = jar();
        Path template = Files.writeString(folder.resolve("weighing.yaml"), TEMPLATE);
        Path token = Files.writeString(folder.resolve("token"), credentials.workerToken());

        RunningCommand worker = RunningCommand.start(
                "worker",
                "--server",
                "127.0.0.1:" + server.grpcPort().orElseThrow(),
                "--token-file",
                token.toString(),
                "--port",
                "0",
                "--grpc-port",
                "0",
                "--strict-handlers",
                "--class-path",
                jar.toString(),
                "--packages",
                "com.example.jarred",
                "--templates",
                template.toString());
        UUID task = create("jarred", "weighing", "{\"parcel\":1}");
        awaitComplete(task);

        assertThat(server.engine().steps(task).getFirst().result()).contains("\"weight\":42", "\"unit\":\"stone\"");
        assertThat(worker.terminate()).as(worker.output()).isZero();
    }

    /** A jar with classes that nothing else on this machine has. */
    private static Path jar() throws IOException {
        Path sources = Files.createDirectories(folder.resolve("sources"));
        Path classes = Files.createDirectories(folder.resolve("classes"));
        Path handler = Files.writeString(sources.resolve("WeighHandler.java"), HANDLER);
        Path scales = Files.writeString(sources.resolve("Scales.java"), SCALES);
        int failures = ToolProvider.getSystemJavaCompiler()
                .run(
                        null,
                        null,
                        null,
                        "-proc:none",
                        "-cp",
                        System.getProperty("java.class.path"),
                        "-d",
                        classes.toString(),
                        handler.toString(),
                        scales.toString());
        assertThat(failures).isZero();
        Files.writeString(classes.resolve("com/example/jarred/unit.txt"), "stone");
        Path jar = folder.resolve("handlers.jar");
        try (OutputStream out = Files.newOutputStream(jar);
                JarOutputStream entries = new JarOutputStream(out);
                Stream<Path> files = Files.walk(classes)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                entries.putNextEntry(new JarEntry(classes.relativize(file).toString()));
                Files.copy(file, entries);
                entries.closeEntry();
            }
        }
        return jar;
    }

    private UUID create(String namespace, String name, String context) throws Exception {
        String unique = context.replaceFirst("\\{", "{\"run\":\"" + UUID.randomUUID() + "\",");
        return server.engine()
                .create(TaskRequest.of(namespace, name, "1.0.0", unique))
                .get(10, TimeUnit.SECONDS)
                .taskUuid();
    }

    private void awaitComplete(UUID task) {
        await().atMost(PATIENCE)
                .until(() -> server.engine().task(task).orElseThrow().state(), state -> state == TaskState.COMPLETE);
    }
}
