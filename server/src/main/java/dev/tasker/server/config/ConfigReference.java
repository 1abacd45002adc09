package dev.tasker.server.config;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** All keys as a page for people, made from what the loader asks for. */
public final class ConfigReference {
    private final Map<Environment, Map<String, KeyFacts>> facts = new TreeMap<>();

    /** Of this build. */
    public ConfigReference() {
        Stream.of(Environment.values()).forEach(environment -> facts.put(environment, ConfigLoader.keys(environment)));
    }

    /** The keys that have an effect. */
    public Set<String> keys() {
        return of(Environment.DEVELOPMENT).keySet();
    }

    /** Facts of one environment. */
    public Map<String, KeyFacts> of(Environment environment) {
        return facts.getOrDefault(environment, Map.of());
    }

    /** The known key that takes the fewest changed characters to reach. */
    public String nearest(String key) {
        return new KnownKeys(keys()).nearest(key);
    }

    /** The tables of the page: the keys with an effect by their table, then those without. */
    public String markdown() {
        StringBuilder text = new StringBuilder();
        String section = "";
        for (KeyFacts fact : of(Environment.DEVELOPMENT).values().stream()
                .sorted((one, other) ->
                        (table(one.key()) + "\0" + one.key()).compareTo(table(other.key()) + "\0" + other.key()))
                .toList()) {
            if (!table(fact.key()).equals(section)) {
                section = table(fact.key());
                text.append("\n### `").append(heading(section)).append("`\n\n");
                text.append("| Key | Takes | Default | What it is |\n|---|---|---|---|\n");
            }
            text.append("| `%s` | %s | %s | %s |\n"
                    .formatted(
                            fact.key().substring(section.length() + 1),
                            takes(fact),
                            defaults(fact.key()),
                            KeyDescriptions.all().getOrDefault(fact.key(), "")));
        }
        text.append("\n## Keys without effect\n\n");
        text.append("| Keys | Why |\n|---|---|\n");
        Map<String, Set<String>> idle = new TreeMap<>();
        KnownKeys.idle()
                .forEach((key, reason) ->
                        idle.computeIfAbsent(reason, _ -> new TreeSet<>()).add(key));
        idle.entrySet().stream()
                .sorted((one, other) -> one.getValue()
                        .iterator()
                        .next()
                        .compareTo(other.getValue().iterator().next()))
                .forEach(entry -> text.append("| %s | %s |\n"
                        .formatted(
                                entry.getValue().stream()
                                        .map(key -> "`" + key + "`")
                                        .collect(Collectors.joining(" ")),
                                entry.getKey())));
        return text.toString();
    }

    /** What the default of a key is, by environment where that makes a difference. */
    public String defaults(String key) {
        List<String> values = Stream.of(Environment.values())
                .map(environment -> of(environment).get(key))
                .map(fact -> fact == null || fact.standard().isEmpty() ? "none" : "`" + fact.standard() + "`")
                .toList();
        return new LinkedHashSet<>(values).size() == 1
                ? values.getFirst()
                : "%s, test %s, production %s".formatted(values.get(0), values.get(1), values.get(2));
    }

    private static String takes(KeyFacts fact) {
        return fact.type()
                + (fact.secret() ? ", secret" : "")
                + (fact.expected().isEmpty() ? "" : ": " + fact.expected());
    }

    private static String table(String key) {
        return key.substring(0, key.lastIndexOf('.'));
    }

    private static String heading(String table) {
        return table.endsWith("[]") ? "[[" + table.substring(0, table.length() - 2) + "]]" : "[" + table + "]";
    }
}
