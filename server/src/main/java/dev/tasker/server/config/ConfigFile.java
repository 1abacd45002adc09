package dev.tasker.server.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.tomlj.Toml;
import org.tomlj.TomlArray;
import org.tomlj.TomlParseResult;
import org.tomlj.TomlTable;

/** Reads a TOML file into values by full key path; sub-tables named {@code _docs} are documentation and skipped. */
final class ConfigFile {
    private static final String DOCUMENTATION = "_docs";

    private final Variables variables;
    private final List<String> violations;
    private final Map<String, Object> values = new TreeMap<>();

    /** Stands for a list of tables, whose own keys begin with {@code key[index]}. */
    record Tables(int size) {}

    private ConfigFile(Variables variables, List<String> violations) {
        this.variables = variables;
        this.violations = violations;
    }

    static Map<String, Object> read(Path path, Variables variables, List<String> violations) {
        String text;
        try {
            text = Files.readString(path);
        } catch (IOException e) {
            throw new ConfigException(List.of(path + ": cannot be read, " + e + " (expected: a TOML file)"));
        }
        TomlParseResult parsed = Toml.parse(text);
        if (parsed.hasErrors()) {
            throw new ConfigException(parsed.errors().stream()
                    .map(error -> path + ", line " + error.position().line() + ", column "
                            + error.position().column() + ": " + error.getMessage())
                    .toList());
        }
        ConfigFile file = new ConfigFile(variables, violations);
        file.collect("", parsed);
        return file.values;
    }

    private void collect(String prefix, TomlTable table) {
        for (String name : table.keySet()) {
            if (name.equals(DOCUMENTATION)) {
                continue;
            }
            String key = prefix.isEmpty() ? name : prefix + "." + name;
            Object value = table.get(List.of(name));
            if (value instanceof TomlTable inner) {
                collect(key, inner);
            } else if (value instanceof TomlArray array && isOfTables(array)) {
                for (int i = 0; i < array.size(); i++) {
                    collect(key + "[" + i + "]", array.getTable(i));
                }
                values.put(key, new Tables(array.size()));
            } else if (value != null) {
                values.put(key, substituted(key, value));
            }
        }
    }

    private static boolean isOfTables(TomlArray array) {
        return !array.isEmpty() && array.toList().stream().allMatch(TomlTable.class::isInstance);
    }

    private Object substituted(String key, Object value) {
        if (value instanceof String text) {
            return variables.substitute(key, text, violations);
        }
        if (value instanceof TomlArray array) {
            List<Object> items = new ArrayList<>();
            for (int i = 0; i < array.size(); i++) {
                items.add(substituted(key, array.get(i)));
            }
            return items;
        }
        return value;
    }
}
