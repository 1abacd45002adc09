package dev.tasker.server.config;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Writes TOML: single values, and values by full key path with a heading for each table. */
final class TomlText {
    private TomlText() {}

    /** A value as TOML has it. */
    static String of(Object value) {
        return switch (value) {
            case String text -> quoted(text);
            case List<?> items -> items.stream().map(TomlText::of).collect(Collectors.joining(", ", "[", "]"));
            default -> value.toString();
        };
    }

    /**
     * A document.
     *
     * @param values texts of values by full key path; a key of a list of tables has the number of its entry in brackets
     */
    static String document(Map<String, String> values) {
        Map<String, Map<String, String>> tables = new TreeMap<>();
        values.forEach((key, value) -> {
            int dot = key.lastIndexOf('.');
            tables.computeIfAbsent(dot < 0 ? "" : key.substring(0, dot), _ -> new LinkedHashMap<>())
                    .put(key.substring(dot + 1), value);
        });
        StringBuilder text = new StringBuilder();
        tables.forEach((table, members) -> {
            if (!table.isEmpty()) {
                text.append(text.isEmpty() ? "" : "\n").append(heading(table)).append('\n');
            }
            members.forEach((name, value) ->
                    text.append(name).append(" = ").append(value).append('\n'));
        });
        return text.toString();
    }

    private static String heading(String table) {
        return table.endsWith("]") ? "[[" + table.substring(0, table.lastIndexOf('[')) + "]]" : "[" + table + "]";
    }

    private static String quoted(String text) {
        StringBuilder quoted = new StringBuilder("\"");
        for (int i = 0; i < text.length(); i++) {
            char character = text.charAt(i);
            switch (character) {
                case '"' -> quoted.append("\\\"");
                case '\\' -> quoted.append("\\\\");
                case '\n' -> quoted.append("\\n");
                case '\t' -> quoted.append("\\t");
                default ->
                    quoted.append(character < ' ' ? "\\u%04x".formatted((int) character) : String.valueOf(character));
            }
        }
        return quoted.append('"').toString();
    }
}
