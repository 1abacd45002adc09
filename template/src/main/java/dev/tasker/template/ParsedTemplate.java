package dev.tasker.template;

import java.util.List;

/**
 * A usable template together with what its author should know (spec 06 §13).
 *
 * @param file the file as named by the caller
 * @param findings warnings and hints, in the order of the file; never an error
 */
public record ParsedTemplate(String file, TaskTemplate template, List<Finding> findings) {
    public ParsedTemplate {
        findings = List.copyOf(findings);
    }
}
