package dev.tasker.cli;

import dev.tasker.server.config.ConfigReference;
import dev.tasker.server.config.ConfigReport;
import dev.tasker.server.config.Environment;
import dev.tasker.server.config.KeyDescriptions;
import dev.tasker.server.config.KeyFacts;
import dev.tasker.server.config.Origin;
import dev.tasker.server.config.Violation;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.databind.node.StringNode;

/** Configurations and their keys, for people and for programs. */
final class ConfigText {
    private static final List<String> PREFIXES = List.of("", "common.", "orchestration.", "worker.");

    private final ConfigReference reference;
    private final @Nullable Environment environment;

    /** @param environment whose defaults to show, null: of all */
    ConfigText(ConfigReference reference, @Nullable Environment environment) {
        this.reference = reference;
        this.environment = environment;
    }

    static String refused(List<Violation> violations) {
        StringBuilder text = new StringBuilder();
        violations.forEach(violation -> text.append(violation).append('\n'));
        return text.append("invalid: ")
                .append(violations.size())
                .append(" errors\n")
                .toString();
    }

    static String refusedJson(List<Violation> violations) {
        ObjectNode object = JsonNodeFactory.instance.objectNode().put("valid", false);
        violations(object.putArray("errors"), violations);
        return object + "\n";
    }

    static String verdict(ConfigReport report, boolean valid, boolean strict) {
        StringBuilder text = new StringBuilder();
        report.violations().forEach(violation -> text.append(violation).append('\n'));
        report.warnings()
                .forEach(warning -> text.append("warning: ").append(warning).append('\n'));
        for (String key : report.unused()) {
            Origin origin = report.origin(key);
            text.append(strict ? "" : "note: ")
                    .append(origin == null ? "" : origin + ": ")
                    .append(key)
                    .append(": has no effect. ")
                    .append(Objects.toString(ConfigReport.whyUnused(key), ""))
                    .append('\n');
        }
        return text.append("%s for %s: %d errors, %d warnings, %d keys without effect\n"
                        .formatted(
                                valid ? "valid" : "invalid",
                                report.environment().text(),
                                report.violations().size(),
                                report.warnings().size(),
                                report.unused().size()))
                .toString();
    }

    static String verdictJson(ConfigReport report, boolean valid) {
        ObjectNode object = JsonNodeFactory.instance
                .objectNode()
                .put("valid", valid)
                .put("environment", report.environment().text());
        violations(object.putArray("errors"), report.violations());
        violations(object.putArray("warnings"), report.warnings());
        ArrayNode unused = object.putArray("unused");
        for (String key : report.unused()) {
            place(unused.addObject(), report.origin(key)).put("key", key).put("reason", ConfigReport.whyUnused(key));
        }
        return object + "\n";
    }

    private static void violations(ArrayNode array, List<Violation> violations) {
        violations.forEach(violation -> place(array.addObject(), violation.origin())
                .put("key", violation.key())
                .put("reason", violation.reason()));
    }

    private static ObjectNode place(ObjectNode object, @Nullable Origin origin) {
        object.put("source", origin == null ? null : origin.source());
        if (origin == null || origin.line() == 0) {
            return object.putNull("line");
        }
        return object.put("line", origin.line());
    }

    static String dump(ConfigReport report, boolean origin) {
        if (!origin) {
            return report.toToml();
        }
        StringBuilder text = new StringBuilder();
        for (ConfigReport.Entry entry : report.entries()) {
            text.append("%s = %s  # %s%s\n"
                    .formatted(
                            entry.key(),
                            entry.value(),
                            entry.origin() == null ? "default" : entry.origin(),
                            entry.effective() ? "" : ", without effect"));
        }
        return text.toString();
    }

    static String dumpJson(ConfigReport report, boolean origin) {
        ObjectNode object = JsonNodeFactory.instance.objectNode();
        for (ConfigReport.Entry entry : report.entries()) {
            if (!origin) {
                object.set(entry.key(), value(entry));
                continue;
            }
            place(object.putObject(entry.key()), entry.origin())
                    .put("effective", entry.effective())
                    .set("value", value(entry));
        }
        return object + "\n";
    }

    /** Texts, numbers, flags and lists are the same in TOML and JSON; a time is not. */
    private static JsonNode value(ConfigReport.Entry entry) {
        try {
            return JsonMapper.shared().readTree(entry.value());
        } catch (JacksonException e) {
            return StringNode.valueOf(entry.value());
        }
    }

    /** The full path of a key that may lack its first part, null when there is none. */
    @Nullable
    String find(String key) {
        return PREFIXES.stream()
                .map(prefix -> prefix + key)
                .filter(full -> reference.keys().contains(full) || ConfigReport.whyUnused(full) != null)
                .findFirst()
                .orElse(null);
    }

    String nearest(String key) {
        return reference.nearest(key);
    }

    /** Everything about one key. */
    String key(String key) {
        KeyFacts facts = facts(key);
        if (facts == null) {
            return "%s\n  has no effect here. %s\n".formatted(key, ConfigReport.whyUnused(key));
        }
        return "%s\n  %s\n  takes    %s%s%s\n  default  %s\n"
                .formatted(
                        key,
                        KeyDescriptions.all().getOrDefault(key, ""),
                        facts.type(),
                        facts.expected().isEmpty() ? "" : ", " + facts.expected(),
                        facts.secret() ? ", secret" : "",
                        standard(key));
    }

    String keyJson(String key) {
        return node(key) + "\n";
    }

    /** One line for each key with an effect. */
    String keys(@Nullable String context) {
        StringBuilder text = new StringBuilder();
        chosen(context)
                .forEach(key -> text.append(
                        "%-92s %s\n".formatted(key, KeyDescriptions.all().getOrDefault(key, ""))));
        return text.toString();
    }

    String keysJson(@Nullable String context) {
        ArrayNode array = JsonNodeFactory.instance.arrayNode();
        chosen(context).forEach(key -> array.add(node(key)));
        return array + "\n";
    }

    private Stream<String> chosen(@Nullable String context) {
        return reference.keys().stream().filter(key -> context == null || key.startsWith(context + "."));
    }

    private ObjectNode node(String key) {
        ObjectNode object = JsonNodeFactory.instance.objectNode().put("key", key);
        KeyFacts facts = facts(key);
        if (facts == null) {
            return object.put("effective", false).put("reason", ConfigReport.whyUnused(key));
        }
        object.put("effective", true)
                .put("description", KeyDescriptions.all().get(key))
                .put("type", facts.type())
                .put("expected", facts.expected())
                .put("secret", facts.secret());
        ObjectNode defaults = object.putObject("default");
        for (Environment each : Environment.values()) {
            KeyFacts fact = reference.of(each).get(key);
            defaults.put(each.text(), fact == null || fact.standard().isEmpty() ? null : fact.standard());
        }
        return object;
    }

    private String standard(String key) {
        KeyFacts facts = facts(key);
        if (environment == null || facts == null) {
            return reference.defaults(key).replace("`", "");
        }
        return facts.standard().isEmpty() ? "none" : facts.standard();
    }

    private @Nullable KeyFacts facts(String key) {
        return reference
                .of(environment == null ? Environment.DEVELOPMENT : environment)
                .get(key);
    }
}
