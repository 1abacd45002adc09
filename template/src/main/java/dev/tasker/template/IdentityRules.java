package dev.tasker.template;

import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Rules for names, namespaces and versions (spec 06 §2.5, §13.5). */
final class IdentityRules {
    private static final int NAME_MAX = 64;
    static final int STEP_NAME_MAX = 128;
    private static final int NAMESPACE_MAX = 29;
    private static final int VERSION_MAX = 16;
    private static final int DESCRIPTION_MAX = 255;
    private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9_]*");
    private static final Pattern NAMESPACE = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");
    private static final Pattern VERSION = Pattern.compile("[0-9]+\\.[0-9]+\\.[0-9]+(?:[-+][0-9A-Za-z.+-]+)?");

    private IdentityRules() {}

    static void name(TaskTemplate template, RuleReport report) {
        checkName(template.name(), NAME_MAX, null, report, "name");
    }

    static void stepNames(TaskTemplate template, RuleReport report) {
        List<StepDefinition> steps = template.steps();
        for (int i = 0; i < steps.size(); i++) {
            String name = steps.get(i).name();
            checkName(name, STEP_NAME_MAX, name, report, "steps", i, "name");
        }
    }

    static void namespace(TaskTemplate template, RuleReport report) {
        String namespace = template.namespace();
        if (!NAMESPACE.matcher(namespace).matches()) {
            String message = "namespace_name: " + Quoted.of(namespace)
                    + " (expected: letters, digits and underscores, not beginning with a digit)";
            report.error("NAMESPACE_FORMAT", null, message, "namespace_name");
        } else if (namespace.length() > NAMESPACE_MAX) {
            String message = "namespace_name: %s has %d characters (expected: at most %d)"
                    .formatted(Quoted.of(namespace), namespace.length(), NAMESPACE_MAX);
            report.error("NAMESPACE_FORMAT", null, message, "namespace_name");
            report.warning(
                    "NAMESPACE_TOO_LONG", null, message, "namespace_name"); // what tools of the earlier system look for
        }
    }

    static void description(TaskTemplate template, RuleReport report) {
        String description = template.description();
        int length = description == null ? 0 : description.codePointCount(0, description.length());
        if (length > DESCRIPTION_MAX) {
            String message = "description: " + length + " characters (expected: at most " + DESCRIPTION_MAX + ")";
            report.error("DESCRIPTION_TOO_LONG", null, message, "description");
        }
    }

    static void version(TaskTemplate template, RuleReport report) {
        String version = template.version();
        if (version.isBlank() || version.length() > VERSION_MAX) {
            String message = "version: %s has %d characters (expected: 1 to %d)"
                    .formatted(Quoted.of(version), version.length(), VERSION_MAX);
            report.error("VERSION_FORMAT", null, message, "version");
        } else if (!VERSION.matcher(version).matches()) {
            String message = "version: " + Quoted.of(version) + " (expected: three numbers such as 1.0.0)";
            report.violation("VERSION_FORMAT", null, message, "version");
        }
    }

    private static void checkName(String name, int max, @Nullable String step, RuleReport report, Object... path) {
        if (name.isBlank()) {
            report.error("NAME_FORMAT", step, "name: blank (expected: lower-case letters, digits, underscores)", path);
        } else if (name.length() > max) {
            String message =
                    "name: %s has %d characters (expected: at most %d)".formatted(Quoted.of(name), name.length(), max);
            report.error("NAME_TOO_LONG", step, message, path);
        } else if (!NAME.matcher(name).matches()) {
            String message = "name: " + Quoted.of(name)
                    + " (expected: lower-case letters, digits and underscores, beginning with a letter)";
            report.violation("NAME_FORMAT", step, message, path);
        }
    }
}
