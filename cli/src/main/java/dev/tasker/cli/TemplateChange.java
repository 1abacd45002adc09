package dev.tasker.cli;

import dev.tasker.template.HandlerDefinition;
import dev.tasker.template.StepDefinition;
import dev.tasker.template.TaskTemplate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.MissingNode;

/**
 * Something that is not the same in two templates.
 *
 * @param where a key of the template, or of one of its steps
 */
record TemplateChange(Kind kind, String where, String what) {

    /** What it means for those who create tasks, serve steps and read results. */
    enum Kind {
        /** What worked may not work any more. */
        breaking,
        /** There is more than there was. */
        additive,
        /** It goes on differently. */
        other
    }

    /** In the order of the documents: the template, its input, its steps. */
    static List<TemplateChange> between(TaskTemplate before, TaskTemplate after) {
        List<TemplateChange> changes = new ArrayList<>();
        changed(changes, Kind.breaking, "namespace_name", before.namespace(), after.namespace());
        changed(changes, Kind.breaking, "name", before.name(), after.name());
        changed(changes, Kind.other, "version", before.version(), after.version());
        changed(changes, Kind.other, "description", before.description(), after.description());
        changed(changes, Kind.breaking, "identity_strategy", before.identityStrategy(), after.identityStrategy());
        changed(changes, Kind.breaking, "input_validation", before.inputValidation(), after.inputValidation());
        changed(changes, Kind.other, "default_context", before.defaultContext(), after.defaultContext());
        changed(changes, Kind.other, "lifecycle", before.lifecycle(), after.lifecycle());
        changed(changes, Kind.other, "environments", before.environments(), after.environments());
        schema(changes, "input_schema", before.inputSchema(), after.inputSchema());
        steps(changes, byName(before), byName(after));
        return List.copyOf(changes);
    }

    private static void steps(
            List<TemplateChange> changes, Map<String, StepDefinition> before, Map<String, StepDefinition> after) {
        before.keySet().stream()
                .filter(name -> !after.containsKey(name))
                .forEach(name -> changes.add(new TemplateChange(Kind.breaking, step(name), "removed")));
        after.forEach((name, step) -> {
            StepDefinition old = before.get(name);
            if (old == null) {
                changes.add(new TemplateChange(Kind.additive, step(name), "added"));
            } else {
                step(changes, step(name), old, step);
            }
        });
    }

    private static void step(List<TemplateChange> changes, String at, StepDefinition before, StepDefinition after) {
        changed(changes, Kind.breaking, at + ".type", before.type(), after.type());
        changed(changes, Kind.breaking, at + ".dependencies", before.dependencies(), after.dependencies());
        changed(changes, Kind.breaking, at + ".handler", address(before.handler()), address(after.handler()));
        changed(
                changes,
                Kind.other,
                at + ".handler.initialization",
                before.handler().initialization(),
                after.handler().initialization());
        changed(changes, Kind.other, at + ".retry", before.retry(), after.retry());
        changed(changes, Kind.other, at + ".timeout_seconds", before.timeoutSeconds(), after.timeoutSeconds());
        changed(changes, Kind.other, at + ".batch_config", before.batchConfig(), after.batchConfig());
        changed(changes, Kind.other, at + ".publishes_events", before.publishesEvents(), after.publishesEvents());
        changed(changes, Kind.other, at + ".result_schema", before.resultSchema(), after.resultSchema());
    }

    /** Members of the input, one by one; the rest of the schema as a whole. */
    private static void schema(
            List<TemplateChange> changes, String at, @Nullable JsonNode before, @Nullable JsonNode after) {
        JsonNode old = Objects.requireNonNullElse(before, MissingNode.getInstance());
        JsonNode fresh = Objects.requireNonNullElse(after, MissingNode.getInstance());
        Set<String> required = texts(old.path("required"));
        Set<String> nowRequired = texts(fresh.path("required"));
        Set<String> names = new TreeSet<>(old.path("properties").propertyNames());
        names.addAll(fresh.path("properties").propertyNames());
        names.addAll(required);
        names.addAll(nowRequired);
        for (String name : names) {
            String where = at + "." + name;
            JsonNode was = old.path("properties").path(name);
            JsonNode is = fresh.path("properties").path(name);
            if (was.isMissingNode() && !is.isMissingNode()) {
                boolean wanted = nowRequired.contains(name);
                changes.add(new TemplateChange(
                        wanted ? Kind.breaking : Kind.additive, where, wanted ? "added, required" : "added"));
                continue;
            }
            if (is.isMissingNode() && !was.isMissingNode()) {
                changes.add(new TemplateChange(Kind.breaking, where, "removed"));
                continue;
            }
            changed(changes, Kind.breaking, where, was, is);
            if (required.contains(name) != nowRequired.contains(name)) {
                boolean wanted = nowRequired.contains(name);
                changes.add(new TemplateChange(
                        wanted ? Kind.breaking : Kind.additive,
                        where,
                        wanted ? "required now" : "not required any more"));
            }
        }
        changed(
                changes,
                Kind.breaking,
                at + ".additionalProperties",
                old.path("additionalProperties"),
                fresh.path("additionalProperties"));
    }

    private static Set<String> texts(JsonNode array) {
        Set<String> texts = new TreeSet<>();
        array.forEach(text -> texts.add(text.asString("")));
        return texts;
    }

    private static void changed(
            List<TemplateChange> changes, Kind kind, String where, @Nullable Object before, @Nullable Object after) {
        if (!Objects.equals(before, after)) {
            changes.add(new TemplateChange(kind, where, text(before) + " -> " + text(after)));
        }
    }

    private static String text(@Nullable Object value) {
        return value == null || value instanceof MissingNode ? "none" : value.toString();
    }

    private static String address(HandlerDefinition handler) {
        return handler.callable()
                + (handler.method() == null ? "" : "#" + handler.method())
                + (handler.resolver() == null ? "" : " by " + handler.resolver())
                + (handler.atMostOnce() ? ", at most once" : "");
    }

    private static String step(String name) {
        return "steps." + name;
    }

    private static Map<String, StepDefinition> byName(TaskTemplate template) {
        Map<String, StepDefinition> steps = new LinkedHashMap<>();
        template.steps().forEach(step -> steps.put(step.name(), step));
        return steps;
    }
}
