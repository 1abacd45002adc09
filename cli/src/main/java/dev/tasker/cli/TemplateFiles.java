package dev.tasker.cli;

import dev.tasker.template.Finding;
import dev.tasker.template.TemplateCheck;
import dev.tasker.template.TemplateDirectory;
import dev.tasker.template.TemplateReport;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * What was found in a folder or a file with templates.
 *
 * @param usable how many templates can be used
 * @param broken how many files cannot
 */
record TemplateFiles(int usable, int broken, List<Finding> findings) {
    static TemplateFiles load(Path path, TemplateCheck check) {
        if (Files.isDirectory(path)) {
            TemplateDirectory directory = TemplateDirectory.load(path, check);
            return new TemplateFiles(
                    directory.templates().size(), directory.brokenFiles().size(), directory.findings());
        }
        TemplateReport report = TemplateReport.of(path, check);
        return new TemplateFiles(report.isValid() ? 1 : 0, report.isValid() ? 0 : 1, report.findings());
    }
}
