package dev.tasker.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tasker.examples.demo.DemoHandlers;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TaskerCommandTest {
    @TempDir
    Path folder;

    @Test
    void withoutASubcommandTheCommandsAreListed() {
        Execution usage = Execution.of();

        assertThat(usage.exitCode()).isZero();
        assertThat(usage.out()).contains("demo", "dev", "server", "worker", "migrate", "template");
    }

    @Test
    void unknownCommandsAndOptionsAreUsageErrors() {
        assertThat(Execution.of("dmo").exitCode()).isEqualTo(2);
        assertThat(Execution.of("demo", "--jsn").err()).contains("--jsn");
        assertThat(Execution.of("--version").out()).startsWith("tasker ");
    }

    @Test
    void templatesAreCheckedFileByFile() throws IOException {
        Path good = Files.writeString(folder.resolve("good.yaml"), DemoHandlers.templateYaml());
        Path bad = Files.writeString(folder.resolve("bad.yaml"), "name: [");

        Execution one = Execution.of("template", "validate", good.toString());
        Execution all = Execution.of("template", "validate", folder.toString(), bad.toString());

        assertThat(one.exitCode()).as(one.out()).isZero();
        assertThat(one.out()).endsWith("1 usable, 0 broken\n");
        assertThat(all.exitCode()).isEqualTo(1);
        assertThat(all.out()).contains("bad.yaml:1:").endsWith("1 usable, 2 broken\n");
        assertThat(Execution.of("template").out()).contains("validate");
    }

    @Test
    void templatesAreCheckedAsStrictlyAsAsked() throws IOException {
        Path typo = Files.writeString(folder.resolve("typo.yaml"), DemoHandlers.templateYaml() + "colour: red\n");

        Execution lenient = Execution.of("template", "validate", typo.toString());
        Execution strict = Execution.of("template", "validate", "--strict", typo.toString());
        Execution hints = Execution.of("template", "validate", "--hints", typo.toString());

        assertThat(lenient.exitCode()).isZero();
        assertThat(lenient.out()).contains("warning UNKNOWN_KEY at /colour").doesNotContain("info ");
        assertThat(strict.exitCode()).isEqualTo(1);
        assertThat(strict.out()).contains("error UNKNOWN_KEY at /colour").endsWith("0 usable, 1 broken\n");
        assertThat(hints.out()).contains("info NO_RESULT_SCHEMA in step");
    }

    @Test
    void schemaOfTemplatesIsPrinted() {
        assertThat(Execution.of("template", "schema").out())
                .startsWith("{")
                .contains("https://json-schema.org/draft/2020-12/schema")
                .endsWith("}\n");
    }

    @Test
    void missingHandlersAreWarnedOfAndStopAStrictWorker() throws IOException {
        Path template = Files.writeString(folder.resolve("shop.yaml"), DemoHandlers.templateYaml());

        Execution good = Execution.of("template", "validate", "--handlers", "demo", template.toString());
        Execution bad = Execution.of("template", "validate", "--handlers", "conformance", template.toString());
        Execution worker = Execution.of(
                "worker", "--strict-handlers", "--handlers", "conformance", "--templates", template.toString());

        assertThat(good.out()).doesNotContain("HANDLER_UNRESOLVED");
        assertThat(bad.exitCode()).isZero();
        assertThat(bad.out()).contains("warning HANDLER_UNRESOLVED in step");
        assertThat(worker.exitCode()).isEqualTo(1);
        assertThat(worker.err()).startsWith("tasker: --templates: " + template).contains("error HANDLER_UNRESOLVED");
    }

    @Test
    void takenPortIsOneSentence() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Execution dev = Execution.of(
                    "dev",
                    "--data",
                    folder.resolve("data").toString(),
                    "--port",
                    "" + taken.getLocalPort(),
                    "--grpc-port",
                    "0");

            assertThat(dev.exitCode()).isEqualTo(1);
            assertThat(dev.err().lines()).hasSize(1);
            assertThat(dev.err()).startsWith("tasker: REST cannot listen on 127.0.0.1:" + taken.getLocalPort());
        }
    }

    @Test
    void badValuesOfOptionsAndFilesAreOneSentence() throws IOException {
        Path config = Files.writeString(folder.resolve("c.toml"), "orchestration.web.bind_addres = 'x'");

        assertThat(Execution.of("worker", "--slots", "0").err()).isEqualTo("tasker: --slots: 0 (expected: >= 1)\n");
        assertThat(Execution.of("server", "--config", config.toString()).err())
                .contains("orchestration.web.bind_addres: unknown key (nearest known: orchestration.web.bind_address)");
        assertThat(Execution.of("migrate", "--config", config.toString()).exitCode())
                .isEqualTo(3);
    }

    @Test
    void defectsShowTheirTrace() {
        StringWriter err = new StringWriter();

        assertThat(TaskerCommand.explain(new IllegalStateException("odd"), new PrintWriter(err)))
                .isEqualTo(1);
        assertThat(err.toString()).contains("IllegalStateException: odd").contains("at ");
    }

    @Test
    void logIsQuietForPeopleAndTalkativeForServers() {
        assertThat(Main.logLevel(new String[] {"demo"}, Map.of())).isEqualTo("WARN");
        assertThat(Main.logLevel(new String[] {"server"}, Map.of())).isEqualTo("INFO");
        assertThat(Main.logLevel(new String[] {}, Map.of())).isEqualTo("WARN");
        assertThat(Main.logLevel(new String[] {"demo"}, Map.of("RUST_LOG", "debug")))
                .isEqualTo("DEBUG");
        assertThat(Main.logLevel(new String[] {"demo"}, Map.of("RUST_LOG", "tasker=info")))
                .isEqualTo("WARN");
        assertThat(Main.logLevel(new String[] {"demo"}, Map.of("LOG_LEVEL", "error", "RUST_LOG", "debug")))
                .isEqualTo("ERROR");
        assertThat(Main.logLevel(new String[] {"-v", "demo"}, Map.of("LOG_LEVEL", "error")))
                .isEqualTo("INFO");
        assertThat(Main.logLevel(new String[] {"-vv", "server"}, Map.of())).isEqualTo("DEBUG");
        assertThat(Main.logLevel(new String[] {"-vvvv", "--verbose", "server"}, Map.of()))
                .isEqualTo("TRACE");
        assertThat(Main.logLevel(new String[] {"--quiet", "server"}, Map.of())).isEqualTo("ERROR");
        assertThat(Main.logLevel(new String[] {"task", "create", "-v", "1.0.0"}, Map.of()))
                .isEqualTo("WARN");
    }

    @Test
    void processesThatLastLogJsonWhereNobodyLooks() {
        String[] server = {"--x", "server"};
        assertThat(Main.logFormat(server, Map.of(), false)).isEqualTo("json");
        assertThat(Main.logFormat(server, Map.of(), true)).isEqualTo("text");
        assertThat(Main.logFormat(new String[] {"dev"}, Map.of(), false)).isEqualTo("text");
        assertThat(Main.logFormat(new String[] {}, Map.of(), false)).isEqualTo("text");
        assertThat(Main.logFormat(server, Map.of("TASKER_LOG_FORMAT", "text"), false))
                .isEqualTo("text");
        assertThat(Main.logFormat(new String[] {"dev"}, Map.of("TASKER_LOG_FORMAT", "json"), true))
                .isEqualTo("json");
        assertThat(Main.logFormat(server, Map.of("TASKER_LOG_FORMAT", "xml"), true))
                .isEqualTo("text");
    }

    @Test
    void tableOnATerminalIsRedrawnInPlace() {
        StringWriter out = new StringWriter();
        DemoReport report = DemoReport.terminal(new PrintWriter(out));
        TaskProgress.Step step = new TaskProgress.Step("pack", "pending", 0, Duration.ZERO, "null");

        report.changed(new TaskProgress("u", "steps_in_process", Duration.ZERO, List.of(step)));
        report.changed(new TaskProgress("u", "complete", Duration.ZERO, List.of(step)));

        assertThat(out.toString()).contains("\u001b[1A").contains("\u001b[2K").contains("pack");
    }

    @Test
    void preferredPortGivesWayWhenTaken() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            assertThat(LocalPort.preferred(taken.getLocalPort()).port()).isZero();
        }
    }
}
