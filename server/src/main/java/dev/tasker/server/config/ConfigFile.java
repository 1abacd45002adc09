package dev.tasker.server.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.tomlj.Toml;
import org.tomlj.TomlArray;
import org.tomlj.TomlParseResult;
import org.tomlj.TomlPosition;
import org.tomlj.TomlTable;

/** Reads a TOML file into values by full key path; sub-tables named {@code _docs} are documentation and skipped. */
final class ConfigFile {
    private static final String DOCUMENTATION = "_docs";

    private final Path path;
    private final Map<String, Located> values = new TreeMap<>();

    /** Stands for a list of tables, whose own keys begin with {@code key[index]}. */
    record Tables(int size) {}

    private ConfigFile(Path path) {
        this.path = path;
    }

    /** What the file sets; placeholders stay. Throws {@link ConfigException} when it cannot be read or is no TOML. */
    static Map<String, Located> read(Path path) {
        String text;
        try {
            text = Files.readString(path);
        } catch (IOException e) {
            throw ConfigException.unreadable(
                    new Violation(null, path.toString(), "cannot be read, " + e + " (expected: a TOML file)"));
        }
        TomlParseResult parsed = Toml.parse(text);
        if (parsed.hasErrors()) {
            throw new ConfigException(parsed.errors().stream()
                    .map(error -> new Violation(
                            new Origin(path.toString(), error.position().line()),
                            "",
                            "column " + error.position().column() + ", " + error.getMessage()))
                    .toList());
        }
        ConfigFile file = new ConfigFile(path);
        file.collect("", parsed);
        return file.values;
    }

    private void collect(String prefix, TomlTable table) {
        for (String name : table.keySet()) {
            if (name.equals(DOCUMENTATION)) {
                continue;
            }
            String key = prefix.isEmpty() ? name : prefix + "." + name;
            Object value = Objects.requireNonNull(table.get(List.of(name)));
            TomlPosition position = Objects.requireNonNull(table.inputPositionOf(List.of(name)));
            Origin origin = new Origin(path.toString(), position.line());
            if (value instanceof TomlTable inner) {
                collect(key, inner);
            } else if (value instanceof TomlArray array && isOfTables(array)) {
                for (int i = 0; i < array.size(); i++) {
                    collect(key + "[" + i + "]", array.getTable(i));
                }
                values.put(key, new Located(new Tables(array.size()), origin));
            } else {
                values.put(key, new Located(plain(value), origin));
            }
        }
    }

    private static boolean isOfTables(TomlArray array) {
        return !array.isEmpty() && array.toList().stream().allMatch(TomlTable.class::isInstance);
    }

    private static Object plain(Object value) {
        if (!(value instanceof TomlArray array)) {
            return value;
        }
        List<Object> items = new ArrayList<>();
        for (int i = 0; i < array.size(); i++) {
            items.add(plain(array.get(i)));
        }
        return items;
    }
}
