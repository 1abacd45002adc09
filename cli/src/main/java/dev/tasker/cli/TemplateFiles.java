package dev.tasker.cli;

import dev.tasker.template.Finding;
import dev.tasker.template.ParsedTemplate;
import dev.tasker.template.TaskTemplate;
import dev.tasker.template.TemplateCheck;
import dev.tasker.template.TemplateDirectory;
import dev.tasker.template.TemplateReport;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * What was found in a folder or a file with templates.
 *
 * @param templates those that can be used
 * @param broken how many files cannot
 */
record TemplateFiles(List<TaskTemplate> templates, int broken, List<Finding> findings) {
    static TemplateFiles load(Path path, TemplateCheck check) {
        if (Files.isDirectory(path)) {
            TemplateDirectory directory = TemplateDirectory.load(path, check);
            return new TemplateFiles(
                    directory.templates().stream().map(ParsedTemplate::template).toList(),
                    directory.brokenFiles().size(),
                    directory.findings());
        }
        TemplateReport report = TemplateReport.of(path, check);
        TaskTemplate template = report.template();
        return template == null
                ? new TemplateFiles(List.of(), 1, report.findings())
                : new TemplateFiles(List.of(template), 0, report.findings());
    }

    int usable() {
        return templates.size();
    }
}
