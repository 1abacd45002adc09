package dev.tasker.server.rest;

import com.networknt.schema.Error;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SchemaRegistryConfig;
import com.networknt.schema.SpecificationVersion;
import java.net.http.HttpResponse;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/** The OpenAPI document as tests use it: what the server answers must be what it says. */
final class ApiContract {
    private static final String IRI = "https://tasker.dev/openapi.json";
    static final JsonNode DOCUMENT = Vectors.JSON.readTree(ApiDocs.load().document());
    private static final SchemaRegistry SCHEMAS = SchemaRegistry.withDefaultDialect(
            SpecificationVersion.DRAFT_2020_12,
            builder -> builder.schemas(Map.of(IRI, DOCUMENT.toString()))
                    .schemaRegistryConfig(SchemaRegistryConfig.builder()
                            .formatAssertionsEnabled(true)
                            .build()));

    private ApiContract() {}

    /** Fails unless the document foresees this answer, body included. */
    static void check(HttpResponse<String> answer) {
        String method = answer.request().method();
        String path = answer.request().uri().getRawPath().replaceFirst("^/api(?=/v1/)", ""); // the alias of old guides
        if (path.startsWith("/v1/workers/")) {
            return; // the workers' protocol, which has a document of its own
        }
        Optional<String> template = template(path, method);
        if (template.isEmpty()) {
            if (answer.statusCode() != 404 && answer.statusCode() != 405) {
                throw new AssertionError(
                        method + " " + path + ": not in the document, yet answered with " + answer.statusCode());
            }
            requireValid("/components/schemas/Error", answer.body(), method + " " + path);
            return;
        }
        String operation = "/paths/" + escaped(template.get()) + "/" + method.toLowerCase(Locale.ROOT);
        String response = resolved(operation + "/responses/" + answer.statusCode());
        if (DOCUMENT.at(response).isMissingNode()) {
            throw new AssertionError(
                    method + " " + template.get() + ": answered with " + answer.statusCode() + " " + answer.body());
        }
        String content = response + "/content";
        String type = answer.headers().firstValue("content-type").orElse("");
        if (DOCUMENT.at(content).isMissingNode()) {
            return;
        }
        String mediaType = type.replaceFirst(";.*", "").strip();
        if (DOCUMENT.at(content).get(mediaType) == null) {
            throw new AssertionError(method + " " + template.get() + ": " + type);
        }
        if (mediaType.equals("application/json")) {
            requireValid(content + "/application~1json/schema", answer.body(), method + " " + path);
        }
    }

    /** Fails unless the JSON keeps to the schema at this place of the document. */
    static void requireValid(String pointer, String json, String what) {
        Schema schema = SCHEMAS.getSchema(SchemaLocation.of(IRI + "#" + fragment(pointer)));
        List<Error> errors = schema.validate(Vectors.JSON.readTree(json));
        if (!errors.isEmpty()) {
            throw new AssertionError(what + ": " + errors + "\n" + json);
        }
    }

    /** The document's path for a path, which must have the method. */
    static Optional<String> template(String path, String method) {
        String[] segments = path.split("/", -1);
        return DOCUMENT.get("paths").propertyNames().stream()
                .filter(template -> DOCUMENT.get("paths").get(template).has(method.toLowerCase(Locale.ROOT)))
                .filter(template -> matches(template.split("/", -1), segments))
                .min(Comparator.comparingInt(template -> template.split("\\{", -1).length));
    }

    private static boolean matches(String[] template, String[] segments) {
        if (template.length != segments.length) {
            return false;
        }
        for (int i = 0; i < segments.length; i++) {
            boolean isValue = template[i].startsWith("{") && !segments[i].isEmpty();
            if (!isValue && !template[i].equals(segments[i])) {
                return false;
            }
        }
        return true;
    }

    /** Where a place really is, when it only refers to another one. */
    private static String resolved(String pointer) {
        JsonNode reference = DOCUMENT.at(pointer).path("$ref");
        return reference.isString() ? reference.asString().substring(1) : pointer;
    }

    private static String escaped(String segment) {
        return segment.replace("~", "~0").replace("/", "~1");
    }

    private static String fragment(String pointer) {
        return pointer.replace("{", "%7B").replace("}", "%7D");
    }
}
