package dev.tasker.template;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import tools.jackson.core.JsonPointer;
import tools.jackson.databind.JsonNode;

/**
 * Finds what keeps a JSON Schema (draft-07 or 2020-12) from being compiled: keywords of the wrong form, patterns that are none,
 * references that lead nowhere, too much depth (spec 06 §5, §13.5). Unknown keywords mean nothing, as the standard has it. Other
 * documents are never loaded, so a reference to one is a fault.
 */
final class JsonSchemaShape {
    /** Schemas inside each other. */
    static final int DEPTH_MAX = 32;

    private static final Set<String> TYPES =
            Set.of("array", "boolean", "integer", "null", "number", "object", "string");

    private static final Set<String> DIALECTS = Set.of(
            "http://json-schema.org/draft-07/schema",
            "https://json-schema.org/draft-07/schema",
            "https://json-schema.org/draft/2020-12/schema");

    private static final Map<String, Form> KEYWORDS = keywords();

    private final JsonNode root;
    private final Set<String> targets = new HashSet<>();
    private final List<Object> path = new ArrayList<>();
    private final List<Fault> faults = new ArrayList<>();
    private int depth;

    /** Something wrong and the way to it from the root of the schema, in keys and indices. */
    record Fault(List<Object> path, String message) {}

    private enum Form {
        SCHEMA,
        SCHEMAS,
        SCHEMA_OR_SCHEMAS,
        SCHEMAS_BY_NAME,
        SCHEMAS_BY_PATTERN,
        DEPENDENCIES,
        REFERENCE,
        TYPE,
        TEXT,
        TEXTS,
        TEXTS_BY_NAME,
        PATTERN,
        VALUES,
        NUMBER,
        POSITIVE_NUMBER,
        COUNT,
        FLAG
    }

    private JsonSchemaShape(JsonNode root) {
        this.root = root;
    }

    /** Everything wrong with a schema, in its order; none when it can be compiled. */
    static List<Fault> faults(JsonNode schema) {
        JsonSchemaShape shape = new JsonSchemaShape(schema);
        shape.collectTargets(schema);
        shape.schema(schema);
        return shape.faults;
    }

    private void collectTargets(JsonNode node) {
        if (node.path("$id").isString()) {
            targets.add(node.path("$id").stringValue());
        }
        if (node.path("$anchor").isString()) {
            targets.add("#" + node.path("$anchor").stringValue());
        }
        node.forEach(this::collectTargets);
    }

    private void schema(JsonNode node) {
        if (node.isBoolean()) {
            return;
        }
        if (!node.isObject()) {
            fault(node, "a schema: a mapping, true or false");
            return;
        }
        if (depth == DEPTH_MAX) {
            faults.add(new Fault(List.copyOf(path), "nested too deeply (expected: at most " + DEPTH_MAX + " schemas)"));
            return;
        }
        depth++;
        node.properties().forEach(member -> {
            Form form = KEYWORDS.get(member.getKey());
            if (form != null) {
                below(member.getKey(), () -> keyword(form, member.getValue()));
            }
        });
        depth--;
    }

    private void keyword(Form form, JsonNode value) {
        switch (form) {
            case SCHEMA -> schema(value);
            case SCHEMAS -> {
                expect(value, value.isArray() && !value.isEmpty(), "a list of schemas, at least one");
                items(value, this::schema);
            }
            case SCHEMA_OR_SCHEMAS -> {
                if (value.isArray()) {
                    items(value, this::schema);
                } else {
                    schema(value);
                }
            }
            case SCHEMAS_BY_NAME -> members(value, (_, schema) -> schema(schema));
            case SCHEMAS_BY_PATTERN ->
                members(value, (pattern, schema) -> {
                    pattern(pattern);
                    schema(schema);
                });
            case DEPENDENCIES ->
                members(value, (_, dependency) -> keyword(dependency.isArray() ? Form.TEXTS : Form.SCHEMA, dependency));
            case REFERENCE -> reference(value);
            case TYPE -> types(value);
            case TEXT -> expect(value, value.isString(), "text");
            case TEXTS -> texts(value);
            case TEXTS_BY_NAME -> members(value, (_, texts) -> texts(texts));
            case PATTERN -> {
                expect(value, value.isString(), "a regular expression");
                if (value.isString()) {
                    pattern(value.stringValue());
                }
            }
            case VALUES -> expect(value, value.isArray() && !value.isEmpty(), "a list of values, at least one");
            case NUMBER -> expect(value, value.isNumber(), "a number");
            case POSITIVE_NUMBER -> expect(value, value.isNumber() && value.doubleValue() > 0, "a number above 0");
            case COUNT -> {
                boolean isCount = value.isNumber()
                        && value.doubleValue() >= 0
                        && value.doubleValue() == Math.rint(value.doubleValue());
                expect(value, isCount, "a whole number, 0 or more");
            }
            case FLAG -> expect(value, value.isBoolean(), "true or false");
        }
    }

    private void types(JsonNode value) {
        Set<String> seen = new HashSet<>();
        boolean isList = value.isArray() && !value.isEmpty();
        for (JsonNode type : isList ? value : List.of(value)) {
            boolean isType = type.isString() && TYPES.contains(type.stringValue());
            expect(
                    type,
                    isType && seen.add(type.stringValue()),
                    "one of array, boolean, integer, null, number, object,"
                            + " string, or a list of them without repetition");
        }
    }

    private void texts(JsonNode value) {
        expect(value, value.isArray(), "a list of texts");
        Set<String> seen = new HashSet<>();
        items(value, item -> expect(item, item.isString() && seen.add(item.stringValue()), "a text given once"));
    }

    private void pattern(String pattern) {
        try {
            Pattern.compile(pattern);
        } catch (PatternSyntaxException failure) {
            faults.add(new Fault(
                    List.copyOf(path),
                    Quoted.of(pattern) + ": " + failure.getDescription() + " (expected: a regular expression)"));
        }
    }

    private void reference(JsonNode value) {
        if (!value.isString()) {
            fault(value, "text such as #/$defs/name");
            return;
        }
        String reference = value.stringValue();
        boolean leadsToSchema = targets.contains(reference)
                || DIALECTS.contains(reference.replaceFirst("#$", ""))
                || reference.equals("#")
                || (reference.startsWith("#/") && isSchema(reference.substring(1)));
        expect(value, leadsToSchema, "a place in this schema, such as #/$defs/name");
    }

    private boolean isSchema(String encodedPointer) {
        try {
            String pointer = URLDecoder.decode(encodedPointer.replace("+", "%2B"), StandardCharsets.UTF_8);
            JsonNode target = root.at(JsonPointer.compile(pointer));
            return target.isObject() || target.isBoolean();
        } catch (IllegalArgumentException _) { // not a percent code
            return false;
        }
    }

    private void items(JsonNode list, Consumer<JsonNode> check) {
        if (list.isArray()) {
            for (int i = 0; i < list.size(); i++) {
                JsonNode item = list.get(i);
                below(i, () -> check.accept(item));
            }
        }
    }

    private void members(JsonNode mapping, BiConsumer<String, JsonNode> check) {
        expect(mapping, mapping.isObject(), "a mapping");
        mapping.properties()
                .forEach(member -> below(member.getKey(), () -> check.accept(member.getKey(), member.getValue())));
    }

    private void below(Object segment, Runnable check) {
        path.add(segment);
        check.run();
        path.removeLast();
    }

    private void expect(JsonNode value, boolean holds, String expected) {
        if (!holds) {
            fault(value, expected);
        }
    }

    private void fault(JsonNode value, String expected) {
        faults.add(new Fault(List.copyOf(path), Quoted.of(value) + " (expected: " + expected + ")"));
    }

    private static Map<String, Form> keywords() {
        Map<String, Form> forms = new HashMap<>();
        put(forms, Form.SCHEMA, "additionalItems", "additionalProperties", "contains", "else", "if", "not");
        put(forms, Form.SCHEMA, "propertyNames", "then", "unevaluatedItems", "unevaluatedProperties");
        put(forms, Form.SCHEMAS, "allOf", "anyOf", "oneOf", "prefixItems");
        put(forms, Form.SCHEMA_OR_SCHEMAS, "items");
        put(forms, Form.SCHEMAS_BY_NAME, "$defs", "definitions", "dependentSchemas", "properties");
        put(forms, Form.SCHEMAS_BY_PATTERN, "patternProperties");
        put(forms, Form.DEPENDENCIES, "dependencies");
        put(forms, Form.REFERENCE, "$ref");
        put(forms, Form.TYPE, "type");
        put(forms, Form.TEXT, "$anchor", "$comment", "$id", "$schema", "description", "format", "title");
        put(forms, Form.TEXTS, "required");
        put(forms, Form.TEXTS_BY_NAME, "dependentRequired");
        put(forms, Form.PATTERN, "pattern");
        put(forms, Form.VALUES, "enum");
        put(forms, Form.NUMBER, "exclusiveMaximum", "exclusiveMinimum", "maximum", "minimum");
        put(forms, Form.POSITIVE_NUMBER, "multipleOf");
        put(forms, Form.COUNT, "maxContains", "maxItems", "maxLength", "maxProperties");
        put(forms, Form.COUNT, "minContains", "minItems", "minLength", "minProperties");
        put(forms, Form.FLAG, "deprecated", "readOnly", "uniqueItems", "writeOnly");
        return Map.copyOf(forms);
    }

    private static void put(Map<String, Form> forms, Form form, String... keywords) {
        for (String keyword : keywords) {
            forms.put(keyword, form);
        }
    }
}
