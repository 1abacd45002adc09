package dev.tasker.workerprocess;

import dev.tasker.server.security.Access;
import java.util.List;
import java.util.Locale;
import tools.jackson.databind.node.ObjectNode;

/** Tells what the listener serves, from the operations themselves (03 §1.12). */
final class ApiDocs {
    private ApiDocs() {}

    /** The operations that tell of these; the page also where the server's own has it. */
    static List<Operation> of(List<Operation> operations, String apiKeyHeader) {
        Reply openapi = Reply.ok(openapi(operations, apiKeyHeader));
        Reply page = Reply.text("text/html; charset=utf-8", page(operations));
        return List.of(
                Operation.open("/api-docs/openapi.json", "openapi", "This description", (_, _) -> openapi),
                Operation.open("/api-docs/ui", "api_docs", "The same for people", (_, _) -> page),
                Operation.open("/api-docs/ui/", "api_docs_folder", "The same for people", (_, _) -> page));
    }

    private static ObjectNode openapi(List<Operation> operations, String apiKeyHeader) {
        ObjectNode root = Reply.object().put("openapi", "3.1.0");
        root.putObject("info").put("title", "Tasker Worker API").put("version", "1.0.0");
        root.putArray("servers").addObject().put("url", "/");
        ObjectNode paths = root.putObject("paths");
        for (Operation operation : operations) {
            ObjectNode path =
                    paths.withObject("/" + operation.path().replace("~", "~0").replace("/", "~1"));
            ObjectNode node = path.putObject(operation.method().toLowerCase(Locale.ROOT))
                    .put("operationId", operation.id())
                    .put("summary", operation.summary());
            var parameters = node.putArray("parameters");
            operation.segments().stream()
                    .filter(segment -> segment.startsWith("{"))
                    .forEach(segment -> parameters
                            .addObject()
                            .put("name", segment.substring(1, segment.length() - 1))
                            .put("in", "path")
                            .put("required", true)
                            .putObject("schema")
                            .put("type", "string"));
            operation
                    .queries()
                    .forEach(query -> parameters
                            .addObject()
                            .put("name", query.name())
                            .put("in", "query")
                            .put("required", false)
                            .putObject("schema")
                            .put("type", query.type()));
            ObjectNode responses = node.putObject("responses");
            responses.putObject("200").put("description", "OK");
            operation.refusals().forEach(status -> describe(responses, status));
            if (operation.access() instanceof Access.Needs(var permission)) {
                List.of(401, 403).forEach(status -> describe(responses, status));
                node.put("x-required-permission", permission.text());
                var security = node.putArray("security");
                security.addObject().putArray("bearer_auth");
                security.addObject().putArray("api_key_auth");
            }
        }
        ObjectNode schemes = root.putObject("components").putObject("securitySchemes");
        schemes.putObject("bearer_auth")
                .put("type", "http")
                .put("scheme", "bearer")
                .put("bearerFormat", "JWT");
        schemes.putObject("api_key_auth")
                .put("type", "apiKey")
                .put("in", "header")
                .put("name", apiKeyHeader);
        return root;
    }

    private static void describe(ObjectNode responses, int status) {
        String meaning = switch (status) {
            case 400 -> "A parameter cannot be read";
            case 401 -> "No credential, or a bad one";
            case 403 -> "The credential lacks the permission";
            case 404 -> "This worker does not serve the template";
            default -> "Not ready";
        };
        responses.putObject(String.valueOf(status)).put("description", meaning);
    }

    private static String page(List<Operation> operations) {
        StringBuilder rows = new StringBuilder();
        for (Operation operation : operations) {
            rows.append("<tr><td>%s</td><td><code>%s</code></td><td>%s</td></tr>"
                    .formatted(operation.method(), operation.path(), operation.summary()));
        }
        return """
            <!doctype html><html lang="en"><head><meta charset="utf-8"><title>Tasker Worker API</title></head><body>
            <h1>Tasker Worker API</h1><p><a href="/api-docs/openapi.json">openapi.json</a></p><table>%s</table></body></html>
            """.formatted(rows);
    }
}
