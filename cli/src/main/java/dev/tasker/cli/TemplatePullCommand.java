package dev.tasker.cli;

import dev.tasker.client.TaskerClient;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code tasker template pull} (07 §7). */
@Command(
        name = "pull",
        description = "Prints a registered template as YAML. Comments and what was left out of its file are not kept.",
        mixinStandardHelpOptions = true)
final class TemplatePullCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private Connection connection = new Connection();

    @Parameters(paramLabel = "NAMESPACE/NAME[/VERSION]", description = "Version: 1.0.0 unless given.")
    private String template = "";

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FILE",
            description = "Write it there; a file that is there already is left alone.")
    private @Nullable Path file;

    @Override
    public Integer call() throws InterruptedException {
        TemplateKey key = TemplateKey.require(template);
        String yaml;
        try (TaskerClient client = connection.open()) {
            yaml = DataText.yaml(key.document(client));
        }
        if (file == null) {
            PrintWriter out = spec.commandLine().getOut();
            out.print(yaml);
            out.flush();
            return 0;
        }
        try {
            Files.writeString(file, yaml, StandardOpenOption.CREATE_NEW);
        } catch (IOException e) {
            throw new CommandException(file + " cannot be written (expected: a new file): " + e + ".", e);
        }
        connection.tell("wrote " + key + " to " + file);
        return 0;
    }
}
