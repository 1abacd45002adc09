package dev.tasker.server.rest;

import dev.tasker.engine.TemplateSummary;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Templates as clients read them (03 §1.7). */
final class TemplateJson {
    private TemplateJson() {}

    /** TemplateListResponse of these templates. */
    static byte[] list(List<TemplateSummary> templates) {
        Map<String, List<TemplateSummary>> byNamespace = new TreeMap<>();
        for (TemplateSummary template : templates) {
            byNamespace
                    .computeIfAbsent(template.namespace(), _ -> new ArrayList<>())
                    .add(template);
        }
        JsonWriter json = new JsonWriter().openObject().openArray("namespaces");
        byNamespace.forEach((namespace, members) -> json.openObject()
                .text("name", namespace)
                .text("description", members.getFirst().namespaceDescription())
                .number("template_count", members.size())
                .closeObject());
        json.closeArray().openArray("templates");
        for (TemplateSummary template : templates) {
            json.openObject()
                    .text("name", template.name())
                    .text("namespace", template.namespace())
                    .text("version", template.version())
                    .text("description", template.description())
                    .number("step_count", template.stepCount())
                    .closeObject();
        }
        return json.closeArray()
                .number("total_count", templates.size())
                .closeObject()
                .toBytes();
    }
}
