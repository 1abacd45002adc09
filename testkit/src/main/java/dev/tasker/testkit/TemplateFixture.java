package dev.tasker.testkit;

import dev.tasker.engine.TaskRequest;
import dev.tasker.template.TaskTemplate;
import dev.tasker.template.TemplateParser;
import java.util.ArrayList;
import java.util.List;

/**
 * A template in a few words. Steps are written {@code name}, or {@code name:parent,parent}; a step's callable is its name unless told
 * otherwise. Immutable: each method returns another fixture.
 */
public final class TemplateFixture {
    private final String namespace;
    private final String name;
    private final String version;
    private final List<String> keys;
    private final List<Step> steps;

    private record Step(String name, String callable, List<String> parents, String extra) {}

    private TemplateFixture(String namespace, String name, String version, List<String> keys, List<Step> steps) {
        this.namespace = namespace;
        this.name = name;
        this.version = version;
        this.keys = List.copyOf(keys);
        this.steps = List.copyOf(steps);
    }

    /** A template of version 1.0.0 with these steps. */
    public static TemplateFixture of(String namespace, String name, String... steps) {
        TemplateFixture fixture = new TemplateFixture(namespace, name, "1.0.0", List.of(), List.of());
        for (String step : steps) {
            fixture = fixture.step(step, "");
        }
        return fixture;
    }

    /** With another step that has {@code extra} keys in YAML, such as {@code retry: {max_attempts: 1}}. */
    public TemplateFixture step(String words, String extra) {
        String[] parts = words.split(":", 2);
        List<String> parents = parts.length == 1 ? List.of() : List.of(parts[1].split(","));
        return step(parts[0], parts[0], parents, extra);
    }

    /** With another step of this callable. */
    public TemplateFixture step(String stepName, String callable, List<String> parents, String extra) {
        List<Step> more = new ArrayList<>(steps);
        more.add(new Step(stepName, callable, parents, extra));
        return new TemplateFixture(namespace, name, version, keys, more);
    }

    /** With another key of the template itself, such as {@code identity_strategy: always_unique}. */
    public TemplateFixture with(String key) {
        List<String> more = new ArrayList<>(keys);
        more.add(key);
        return new TemplateFixture(namespace, name, version, more, steps);
    }

    /** The same steps under another version. */
    public TemplateFixture version(String other) {
        return new TemplateFixture(namespace, name, other, keys, steps);
    }

    public String namespace() {
        return namespace;
    }

    public String name() {
        return name;
    }

    public TaskTemplate template() {
        return TemplateParser.parse(name + ".yaml", yaml()).template();
    }

    /** A request for a task of this template. */
    public TaskRequest request(String context) {
        return TaskRequest.of(namespace, name, version, context);
    }

    private String yaml() {
        StringBuilder text = new StringBuilder();
        text.append("name: ").append(name).append("\nnamespace_name: ").append(namespace);
        text.append("\nversion: \"").append(version).append("\"\n");
        keys.forEach(key -> text.append(key).append('\n'));
        text.append("steps:\n");
        for (Step step : steps) {
            text.append("  - name: ").append(step.name());
            text.append("\n    handler: {callable: ").append(step.callable());
            text.append("}\n    dependencies: ").append(step.parents()).append('\n');
            step.extra()
                    .lines()
                    .forEach(line -> text.append("    ").append(line).append('\n'));
        }
        return text.toString();
    }
}
