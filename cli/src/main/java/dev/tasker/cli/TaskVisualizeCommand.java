package dev.tasker.cli;

import dev.tasker.client.TaskerClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.SerializationFeature;

/** {@code tasker task visualize}. */
@Command(name = "visualize", description = "Draws a task in Mermaid.", mixinStandardHelpOptions = true)
final class TaskVisualizeCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private Connection connection = new Connection();

    @Parameters(paramLabel = "TASK", description = "UUID, or its first digits.")
    private String task = "";

    @Option(
            names = {"-f", "--as"},
            paramLabel = "FORM",
            defaultValue = "mermaid",
            description = "${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}")
    private Form form = Form.mermaid;

    @Option(names = "--base-url", paramLabel = "URL", description = "Of links to steps, in the table.")
    private @Nullable String baseUrl;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FILE",
            description = "Where to write; default: standard output.")
    private @Nullable Path output;

    @Option(names = "--graph-only", description = "Without the table, whatever the form.")
    private boolean graphOnly;

    /** How to print the picture. */
    enum Form {
        mermaid,
        markdown,
        json
    }

    @Override
    public Integer call() throws InterruptedException {
        String text;
        try (TaskerClient client = connection.open()) {
            TaskDiagram diagram = new TaskDiagram(client.tasks().summary(References.task(client, task)), baseUrl);
            text = graphOnly
                    ? diagram.mermaid()
                    : switch (form) {
                        case mermaid -> diagram.mermaid();
                        case markdown -> diagram.markdown();
                        case json ->
                            Output.compact()
                                            .rebuild()
                                            .enable(SerializationFeature.INDENT_OUTPUT)
                                            .build()
                                            .writeValueAsString(diagram.document())
                                    + "\n";
                    };
        }
        if (output == null) {
            spec.commandLine().getOut().print(text);
            spec.commandLine().getOut().flush();
            return 0;
        }
        try {
            Files.writeString(output, text);
            return 0;
        } catch (IOException e) {
            throw new CommandException(output + " cannot be written: " + e + ".", e);
        }
    }
}
