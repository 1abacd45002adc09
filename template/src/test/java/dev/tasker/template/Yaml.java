package dev.tasker.template;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;

/** Template texts for tests: valid but for what the test puts in. */
final class Yaml {
    static final String HEAD = """
        name: greet_user
        namespace_name: demo
        version: "1.0.0"
        """;

    private Yaml() {}

    /** A template with the lines given below the head and one step. */
    static String withTopLevel(String lines) {
        return HEAD + lines + """
            steps:
              - name: say_hello
                handler: {callable: say_hello}
            """;
    }

    /** A template whose only step has the lines given, indented by four. */
    static String withStep(String lines) {
        return HEAD + """
            steps:
              - name: say_hello
                handler: {callable: say_hello}
            """ + lines.indent(4);
    }

    /** A template with one step per word: {@code name}, {@code name:parent,parent} or {@code name:parent:type}. */
    static String withSteps(String... words) {
        StringBuilder text = new StringBuilder(HEAD).append("steps:\n");
        for (String word : words) {
            String[] parts = (word + "::").split(":", -1);
            text.append("  - {name: ").append(parts[0]).append(", handler: {callable: run}");
            text.append(", dependencies: [")
                    .append(parts[1])
                    .append("], type: ")
                    .append(parts[2].isEmpty() ? "standard" : parts[2])
                    .append("}\n");
        }
        return text.toString();
    }

    static TaskTemplate template(String yaml) {
        return TemplateParser.parse("test.yaml", yaml).template();
    }

    static TemplatePlan plan(String... words) {
        return TemplatePlan.compile(template(withSteps(words)));
    }

    static StepDefinition onlyStep(String yaml) {
        return template(yaml).steps().getFirst();
    }

    /** What is found in a template, usable or not. */
    static List<Finding> findings(String yaml) {
        try {
            return TemplateParser.parse("test.yaml", yaml).findings();
        } catch (TemplateException refused) {
            return refused.findings();
        }
    }

    /** What is found, but for hints. */
    static List<Finding> remarks(String yaml) {
        return findings(yaml).stream()
                .filter(finding -> finding.severity() != Severity.INFO)
                .toList();
    }

    /** The only finding of that code. */
    static Finding finding(String yaml, String code) {
        List<Finding> findings = findings(yaml);
        List<Finding> matching =
                findings.stream().filter(finding -> finding.code().equals(code)).toList();
        assertThat(matching).as("findings of code %s among %s", code, findings).hasSize(1);
        return matching.getFirst();
    }
}
