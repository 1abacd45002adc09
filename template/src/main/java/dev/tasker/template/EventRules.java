package dev.tasker.template;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/** Rules for the events that steps publish (spec 06 §4.3, §8.8, §13.5). */
final class EventRules {
    private static final Pattern NAME = Pattern.compile("[a-z0-9_]+(?:\\.[a-z0-9_]+)+");
    private static final Pattern PUBLISHER =
            Pattern.compile("[A-Za-z_][A-Za-z0-9_]*(?:(?:::|\\.)[A-Za-z_][A-Za-z0-9_]*)*");

    private EventRules() {}

    static void names(TaskTemplate template, RuleReport report) {
        eachEvent(template, (event, step, path) -> {
            if (!NAME.matcher(event.name()).matches()) {
                String message = "name: " + Quoted.of(event.name())
                        + " (expected: words of lower-case letters, digits and underscores, joined by dots:"
                        + " order.paid)";
                report.violation("EVENT_NAME_FORMAT", step, message, path.to("name"));
            }
        });
    }

    static void publishers(TaskTemplate template, RuleReport report) {
        eachEvent(template, (event, step, path) -> {
            String publisher = event.publisher();
            if (publisher != null && !PUBLISHER.matcher(publisher).matches()) {
                String message = "publisher: " + Quoted.of(publisher) + " (expected: identifiers joined by :: or .)";
                report.violation("EVENT_PUBLISHER_FORMAT", step, message, path.to("publisher"));
            }
        });
    }

    static void duplicates(TaskTemplate template, RuleReport report) {
        Set<String> seen = new HashSet<>();
        eachEvent(template, (event, step, path) -> {
            if (!seen.add(path.step() + " " + event.name())) {
                String message = "name: " + Quoted.of(event.name())
                        + " is published by this step already; the last one wins (expected: a name of its own)";
                report.warning("EVENT_DUPLICATE", step, message, path.to("name"));
            }
        });
    }

    static void schemas(TaskTemplate template, RuleReport report) {
        List<DomainEventDefinition> declared = template.domainEvents();
        for (int i = 0; i < declared.size(); i++) {
            JsonNode schema = declared.get(i).schema();
            if (schema != null) {
                SchemaRules.check(schema, "EVENT_SCHEMA_INVALID", null, report, "domain_events", i, "schema");
            }
        }
        Set<JsonNode> checked =
                declared.stream().map(DomainEventDefinition::schema).collect(Collectors.toCollection(HashSet::new));
        eachEvent(template, (event, step, path) -> {
            if (!checked.contains(event.schema())) { // one that is referred to was looked at where it is declared
                SchemaRules.check(event.schema(), "EVENT_SCHEMA_INVALID", step, report, path.to("schema"));
            }
        });
    }

    private static void eachEvent(TaskTemplate template, EventCheck check) {
        List<StepDefinition> steps = template.steps();
        for (int i = 0; i < steps.size(); i++) {
            List<PublishedEvent> events = steps.get(i).publishesEvents();
            for (int j = 0; j < events.size(); j++) {
                check.accept(events.get(j), steps.get(i).name(), new EventPath(i, j));
            }
        }
    }

    private interface EventCheck {
        void accept(PublishedEvent event, String step, EventPath path);
    }

    private record EventPath(int step, int event) {
        Object[] to(String key) {
            return new Object[] {"steps", step, "publishes_events", event, key};
        }
    }
}
