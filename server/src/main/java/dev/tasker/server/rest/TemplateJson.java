package dev.tasker.server.rest;

import dev.tasker.engine.TemplateSummary;
import dev.tasker.server.api.TemplateOperations.Registration;
import dev.tasker.server.api.TemplateOperations.Validation;
import dev.tasker.template.Finding;
import dev.tasker.template.StepDefinition;
import dev.tasker.template.TaskTemplate;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;

/** Templates as clients read them (03 §1.7). */
final class TemplateJson {
    private TemplateJson() {}

    /** TemplateDetail. */
    static byte[] detail(TaskTemplate template) {
        JsonWriter json = new JsonWriter()
                .openObject()
                .text("name", template.name())
                .text("namespace", template.namespace())
                .text("version", template.version())
                .text("description", template.description())
                .raw("configuration", template.toCanonicalJson())
                .openArray("steps");
        for (StepDefinition step : template.steps()) {
            JsonNode schema = step.resultSchema();
            json.openObject()
                    .text("name", step.name())
                    .text("description", step.description())
                    .flag("default_retryable", step.retry().retryable())
                    .number("default_max_attempts", step.retry().maxAttempts())
                    .raw("result_schema", schema == null ? null : schema.toString())
                    .closeObject();
        }
        return json.closeArray().closeObject().toBytes();
    }

    /** What was registered, with what its author should know. */
    static byte[] registration(Registration registration) {
        JsonWriter json = new JsonWriter()
                .openObject()
                .text("namespace", registration.version().namespace())
                .text("name", registration.version().name())
                .text("version", registration.version().version())
                .text("content_hash", registration.version().contentHash());
        writeFindings(json, registration.findings());
        return json.closeObject().toBytes();
    }

    /** What a check found. */
    static byte[] validation(Validation validation) {
        JsonWriter json = new JsonWriter().openObject().flag("valid", validation.valid());
        writeFindings(json, validation.findings());
        return json.closeObject().toBytes();
    }

    private static void writeFindings(JsonWriter json, List<Finding> findings) {
        json.openArray("findings");
        for (Finding finding : findings) {
            json.openObject()
                    .text("code", finding.code())
                    .text("severity", finding.severity().name().toLowerCase(Locale.ROOT))
                    .text("message", finding.message())
                    .text("step", finding.step())
                    .number("line", finding.line())
                    .number("column", finding.column())
                    .text("pointer", finding.jsonPointer())
                    .closeObject();
        }
        json.closeArray();
    }

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
