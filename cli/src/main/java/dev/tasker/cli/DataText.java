package dev.tasker.cli;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.snakeyaml.engine.v2.api.Dump;
import org.snakeyaml.engine.v2.api.DumpSettings;
import org.snakeyaml.engine.v2.common.FlowStyle;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** JSON in other forms that programs read. */
final class DataText {
    private DataText() {}

    /** A document of YAML, in blocks. */
    static String yaml(JsonNode json) {
        DumpSettings settings =
                DumpSettings.builder().setDefaultFlowStyle(FlowStyle.BLOCK).build();
        return new Dump(settings).dumpToString(JsonMapper.shared().treeToValue(json, Object.class));
    }

    /** Lines of RFC 4180 under one of names: an object for each, of whose members those that have members are JSON. */
    static String csv(JsonNode json) {
        List<JsonNode> rows = json.isArray() ? json.valueStream().toList() : List.of(json);
        Set<String> columns = new LinkedHashSet<>();
        rows.forEach(row -> columns.addAll(row.propertyNames()));
        StringBuilder text = new StringBuilder(line(List.copyOf(columns)));
        rows.forEach(row -> text.append(
                line(columns.stream().map(name -> text(row.path(name))).toList())));
        return text.toString();
    }

    private static String text(JsonNode value) {
        return switch (value.getNodeType()) {
            case NULL, MISSING -> "";
            case STRING -> value.stringValue();
            case OBJECT, ARRAY, NUMBER, BOOLEAN, BINARY, POJO -> value.toString();
        };
    }

    private static String line(List<String> cells) {
        return cells.stream().map(DataText::quoted).collect(Collectors.joining(",", "", "\r\n"));
    }

    private static String quoted(String cell) {
        return cell.matches("(?s).*[\",\r\n].*") ? '"' + cell.replace("\"", "\"\"") + '"' : cell;
    }
}
