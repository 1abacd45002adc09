package dev.tasker.server.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.tasker.engine.TaskRequest;
import dev.tasker.server.config.AuthConfig;
import dev.tasker.testkit.DatabaseExtension;
import dev.tasker.testkit.TestDatabase;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The worker of the guide, as it stands there. */
@ExtendWith(DatabaseExtension.class)
class ShellWorkerTest {
    private static final Path GUIDE =
            Path.of(System.getProperty("tasker.repository")).resolve("docs/guides/worker-over-http.md");

    @Test
    void workerOfTheGuideCompletesATask(TestDatabase database, @TempDir Path folder) throws Exception {
        assumeThat(isInstalled("curl") && isInstalled("jq"))
                .as("curl and jq are installed")
                .isTrue();
        Matcher script =
                Pattern.compile("```sh\n(#!/bin/sh\n.*?)```", Pattern.DOTALL).matcher(Files.readString(GUIDE));
        assertThat(script.find()).isTrue();
        Path file = Files.writeString(folder.resolve("worker.sh"), script.group(1));
        try (Stack stack = Stack.start(database, AuthConfig.DISABLED)) {
            stack.registerSolo("demo", "shout");
            UUID task = stack.create(TaskRequest.of("demo", "solo", "1.0.0", "{\"text\":\"hello\"}"));
            Process worker = new ProcessBuilder("sh", file.toString(), "http://127.0.0.1:" + stack.restPort())
                    .redirectErrorStream(true)
                    .redirectOutput(folder.resolve("log").toFile())
                    .start();
            try {
                stack.awaitStep(task, "only", "complete");
                assertThat(stack.step(task, "only").result()).contains("\"text\":\"HELLO\"");
            } finally {
                worker.descendants().forEach(ProcessHandle::destroy);
                worker.destroy();
                worker.waitFor();
            }
        }
    }

    private static boolean isInstalled(String program) {
        return Arrays.stream(System.getenv("PATH").split(":"))
                .anyMatch(directory -> Files.isExecutable(Path.of(directory, program)));
    }
}
