package dev.tasker.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;

/** What every command says of itself (07 §17.1). {@code -Dtasker.guides.write=true} writes it anew. */
class HelpTest {
    private static final Path WRITTEN =
            Path.of(System.getProperty("tasker.repository", ".."), "cli/src/test/resources/dev/tasker/cli/help.txt");

    @Test
    void helpOfAllCommandsIsTheWrittenOne() throws IOException {
        StringBuilder fresh = new StringBuilder();
        helps().forEach((command, help) -> fresh.append("==== ")
                .append(command)
                .append('\n')
                .append(help.stripTrailing())
                .append('\n'));
        if (Boolean.getBoolean("tasker.guides.write")) {
            Files.createDirectories(WRITTEN.getParent());
            Files.writeString(WRITTEN, fresh);
            return;
        }
        assertThat(fresh.toString())
                .as("%s is outdated; -Dtest=HelpTest -Dtasker.guides.write=true", WRITTEN.getFileName())
                .isEqualTo(Files.readString(WRITTEN));
    }

    /** The parser of a run has only the command that is wanted. */
    @Test
    void commandAloneSaysTheSameAsAmongAll() {
        helps().forEach((command, help) -> {
            String[] words = command.split(" ");
            String[] asked =
                    Stream.concat(Stream.of(words).skip(1), Stream.of("--help")).toArray(String[]::new);

            assertThat(Execution.of(asked)).isEqualTo(new Execution(0, help, ""));
        });
    }

    @Test
    void groupsListTheirCommands() {
        for (String group : List.of("task", "dlq", "system", "analytics", "auth")) {
            assertThat(Execution.of(group).out()).contains("Usage: tasker " + group, "Commands:");
        }
        assertThat(Execution.of("task", "create", "--help").out()).contains("--idempotency-key");
    }

    @Test
    void wordsAreFoundBehindOptionsOfAllCommandsAndMistakesAmongAll() {
        Execution mistyped = Execution.of("task", "lst");

        assertThat(Execution.of("--format=json", "-p", "task", "system", "health", "--help")
                        .out())
                .startsWith("Usage: tasker system health");
        assertThat(Execution.of("config", "validate-sources", "--help").out())
                .startsWith("Usage: tasker config validate");
        assertThat(mistyped.exitCode()).isEqualTo(2);
        assertThat(mistyped.err()).contains("Did you mean: task list");
        assertThat(Execution.of("--help", "task").out()).contains("  demo ").contains("  task ");
        assertThat(Execution.of("task", "--help", "list").out())
                .contains("  create ")
                .contains("  list ");
    }

    @Test
    void shellCompletesCommandsAndOptions() throws Exception {
        Execution script = Execution.of("completion");

        assertThat(completed(script.out(), "tasker", "task", "vis")).containsExactly("visualize");
        assertThat(completed(script.out(), "tasker", "task", "list", "--nam")).containsExactly("--namespace");
        assertThat(completed(script.out(), "tasker", "--format", "js")).containsExactly("json", "jsonl");
    }

    /** What bash offers for the last of these words. */
    private static List<String> completed(String script, String... words) throws Exception {
        Process bash =
                new ProcessBuilder("bash", "--norc").redirectErrorStream(true).start();
        String asked = """

            COMP_WORDS=(%s)
            COMP_CWORD=%d
            _complete_tasker
            echo "REPLIES ${COMPREPLY[*]}"
            """.formatted(String.join(" ", words), words.length - 1);
        try (var in = bash.getOutputStream()) {
            in.write((script + asked).getBytes(StandardCharsets.UTF_8));
        }
        String said = new String(bash.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(bash.waitFor()).as(said).isZero();
        String replies = said.lines()
                .filter(line -> line.startsWith("REPLIES "))
                .findFirst()
                .orElseThrow();
        return Stream.of(replies.split(" ")).skip(1).map(String::strip).toList();
    }

    private static Map<String, String> helps() {
        Map<String, String> helps = new LinkedHashMap<>();
        List<CommandLine> next = new ArrayList<>(List.of(TaskerCommand.commandLine()));
        while (!next.isEmpty()) {
            CommandLine command = next.removeFirst();
            helps.put(command.getCommandSpec().qualifiedName(), command.getUsageMessage(Ansi.OFF));
            next.addAll(
                    0, command.getSubcommands().values().stream().distinct().toList()); // an alias is no other command
        }
        return helps;
    }
}
