package dev.tasker.template;

import java.util.List;
import java.util.stream.Collectors;

/** Thrown for a template that cannot be used; the message lists every error with its place (spec 06 §13). */
public final class TemplateException extends RuntimeException {
    private static final int ERRORS_IN_MESSAGE_MAX = 20;

    private final transient List<Finding> findings;

    /** Takes all findings of the template; at least one must be an error. */
    public TemplateException(List<Finding> findings) {
        super(message(findings));
        this.findings = List.copyOf(findings);
    }

    /** Everything found before the template was given up, errors and lesser findings, in the order of the file. */
    public List<Finding> findings() {
        return findings;
    }

    private static String message(List<Finding> findings) {
        List<Finding> errors = findings.stream().filter(Finding::isError).toList();
        if (errors.isEmpty()) {
            throw new IllegalArgumentException("findings: no error among " + findings + " (expected: at least one)");
        }
        String shown = errors.stream()
                .limit(ERRORS_IN_MESSAGE_MAX)
                .map(Finding::describe)
                .collect(Collectors.joining("\n"));
        int hidden = errors.size() - ERRORS_IN_MESSAGE_MAX;
        return hidden > 0 ? shown + "\n... and " + hidden + " more errors" : shown;
    }
}
