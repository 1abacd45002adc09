package dev.tasker.server.config;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Values by full key path, laid over one another: a later layer replaces single values, lists and lists of tables as a whole (02 §10.1).
 * Confined to the loading thread.
 */
final class ConfigLayers {
    static final List<String> CONTEXTS = List.of("common", "orchestration", "worker");

    private final Map<String, Located> values = new TreeMap<>();

    /** Lays a file over what is there. Throws {@link ConfigException} when it cannot be read. */
    void add(Path file) {
        Map<String, Located> layer = ConfigFile.read(file);
        layer.keySet().stream().filter(key -> key.indexOf('[') < 0).forEach(this::remove);
        values.putAll(layer);
    }

    /**
     * Lays the files of a source folder over what is there: {@code base}, then {@code environments/<environment>}, of each those of {@code
     * contexts}. Throws {@link ConfigException} when there are none.
     */
    void addSources(Path folder, Environment environment, List<String> contexts) {
        Path overrides = folder.resolve("environments").resolve(environment.text());
        boolean found = false;
        for (Path layer : List.of(folder.resolve("base"), overrides)) {
            for (String context : contexts) {
                Path file = layer.resolve(context + ".toml");
                if (Files.exists(file)) {
                    found = true;
                    add(file);
                }
            }
        }
        if (!found) {
            throw ConfigException.unreadable(new Violation(
                    null,
                    folder.toString(),
                    "no configuration (expected: base/" + String.join(".toml, base/", contexts) + ".toml, and the"
                            + " same below environments/" + environment.text() + ")"));
        }
    }

    /** Sets one value. */
    void put(String key, Object value, Origin origin) {
        remove(key);
        values.put(key, new Located(value, origin));
    }

    /** Replaces the placeholders of all texts. */
    void substitute(Variables variables, List<Violation> violations) {
        values.replaceAll((key, located) ->
                new Located(substituted(key, located.value(), located, variables, violations), located.origin()));
    }

    /** By key. */
    Map<String, Located> values() {
        return Collections.unmodifiableMap(values);
    }

    private void remove(String key) {
        values.keySet().removeIf(old -> old.equals(key) || old.startsWith(key + "["));
    }

    private static Object substituted(
            String key, Object value, Located located, Variables variables, List<Violation> violations) {
        if (value instanceof String text) {
            return variables.substitute(key, text, located.origin(), violations);
        }
        if (value instanceof List<?> items) {
            return items.stream()
                    .map(item -> substituted(key, item, located, variables, violations))
                    .toList();
        }
        return value;
    }
}
