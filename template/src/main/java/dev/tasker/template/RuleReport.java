package dev.tasker.template;

import org.jspecify.annotations.Nullable;

/** Takes what a {@link Rule} finds; a path of keys and indices says where. */
final class RuleReport {
    private final boolean strict;
    private final SourceMap sources;
    private final Findings findings;

    RuleReport(boolean strict, SourceMap sources, Findings findings) {
        this.strict = strict;
        this.sources = sources;
        this.findings = findings;
    }

    /** Something that cannot run. */
    void error(String code, @Nullable String step, String message, Object... path) {
        add(code, Severity.ERROR, step, message, path);
    }

    /** Something the earlier system let pass: an error in strict files, a warning in others. */
    void violation(String code, @Nullable String step, String message, Object... path) {
        add(code, strict ? Severity.ERROR : Severity.WARNING, step, message, path);
    }

    void info(String code, @Nullable String step, String message, Object... path) {
        add(code, Severity.INFO, step, message, path);
    }

    void warning(String code, @Nullable String step, String message, Object... path) {
        add(code, Severity.WARNING, step, message, path);
    }

    void add(String code, Severity severity, @Nullable String step, String message, Object... path) {
        findings.add(code, severity, message, step, sources.find(path));
    }
}
