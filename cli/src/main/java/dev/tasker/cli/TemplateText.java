package dev.tasker.cli;

import dev.tasker.client.TaskerClient;
import dev.tasker.template.Finding;
import dev.tasker.template.TaskTemplate;
import dev.tasker.template.TemplateCheck;
import dev.tasker.template.TemplateReport;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;

/** Templates that a person names: by a file, or as a server has them. */
final class TemplateText {
    private TemplateText() {}

    /** Asks the server only where there is no such file. */
    static TaskTemplate read(Connection connection, String fileOrKey) throws InterruptedException {
        Path file = Path.of(fileOrKey);
        if (Files.isRegularFile(file)) {
            return read(file);
        }
        if (TemplateKey.parse(fileOrKey).isEmpty()) {
            throw new CommandException(
                    CommandException.USAGE,
                    fileOrKey + ": no such file, and not a template (expected: FILE, NAMESPACE/NAME or"
                            + " NAMESPACE/NAME/VERSION)",
                    null);
        }
        try (TaskerClient client = connection.open()) {
            return TemplateKey.require(fileOrKey).read(client);
        }
    }

    private static TaskTemplate read(Path file) {
        TemplateReport report = TemplateReport.of(file, TemplateCheck.DEFAULT);
        TaskTemplate template = report.template();
        if (template == null) {
            throw new CommandException(
                    CommandException.INVALID,
                    report.findings().stream()
                            .filter(Finding::isError)
                            .map(Finding::describe)
                            .collect(Collectors.joining("\n")),
                    null);
        }
        return template;
    }
}
