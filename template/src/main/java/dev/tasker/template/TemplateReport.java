package dev.tasker.template;

import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the validator says of one document, usable or not (spec 06 §13.4).
 *
 * @param file the file as named by the caller
 * @param template null when it cannot be used
 * @param stepCount steps as far as they could be read
 * @param hasCycles whether steps wait for one another
 * @param findings in the order of the text
 */
public record TemplateReport(
        String file, @Nullable TaskTemplate template, int stepCount, boolean hasCycles, List<Finding> findings) {
    public TemplateReport {
        findings = List.copyOf(findings);
    }

    /** Checks YAML text; findings name it {@code fileName}. */
    public static TemplateReport of(String fileName, String yaml, TemplateCheck check) {
        return TemplateParser.report(fileName, yaml, check);
    }

    /** Checks a YAML file. */
    public static TemplateReport of(Path file, TemplateCheck check) {
        return TemplateParser.report(file, check);
    }

    /** Whether the template can be used: no finding is an error. */
    public boolean isValid() {
        return template != null;
    }
}
