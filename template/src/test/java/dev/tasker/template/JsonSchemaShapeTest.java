package dev.tasker.template;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Which JSON Schemas can be compiled (spec 06 §5, §13.5). */
class JsonSchemaShapeTest {
    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "true",
                "{'type': 'object', 'required': ['a'], 'properties': {'a': {'type': ['string', 'null'], 'minLength':"
                        + " 1.0}}}",
                "{'items': {'enum': [1, null]}, 'minItems': 0, 'uniqueItems': true}",
                "{'items': [{}, {'const': 5}], 'additionalItems': false}",
                "{'allOf': [{'if': {}, 'then': {}, 'else': {}}], 'not': {}, 'oneOf': [{}], 'anyOf': [true]}",
                "{'pattern': '^[a-z]+$', 'format': 'whatever', 'x-vendor': [5], 'default': {'type': 5}}",
                "{'patternProperties': {'^x-': {}}, 'propertyNames': {'maxLength': 5}, 'additionalProperties': {}}",
                "{'$defs': {'id': {'$anchor': 'ID', 'minimum': -1.5}}, 'properties': {'a': {'$ref': '#/$defs/id'}}}",
                "{'definitions': {'a b/c': {}}, 'items': {'$ref': '#/definitions/a%20b~1c'}}",
                "{'$defs': {'id': {'$anchor': 'ID'}}, 'items': {'$ref': '#ID'}}",
                "{'$id': 'https://example.org/tree', 'items': {'$ref': '#'}, 'contains': {'$ref':"
                        + " 'https://example.org/tree'}}",
                "{'$schema': 'http://json-schema.org/draft-07/schema#', '$ref':"
                        + " 'http://json-schema.org/draft-07/schema#'}",
                "{'dependencies': {'a': ['b'], 'c': {}}, 'dependentRequired': {'a': []}, 'multipleOf': 0.01}"
            })
    void soundSchemaHasNoFaults(String schema) {
        assertThat(JsonSchemaShape.faults(json(schema))).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "5 |  | 5 (expected: a schema: a mapping, true or false)",
                "{'type': 'text'} | type | 'text' (expected: one of array, boolean",
                "{'type': ['string', 'string']} | type | 'string' (expected: one of",
                "{'type': []} | type | a list (expected: one of",
                "{'properties': []} | properties | a list (expected: a mapping)",
                "{'properties': {'a': 5}} | properties/a | 5 (expected: a schema",
                "{'items': [5]} | items/0 | 5 (expected: a schema",
                "{'items': 'a'} | items | 'a' (expected: a schema",
                "{'allOf': []} | allOf | a list (expected: a list of schemas, at least one)",
                "{'anyOf': {}} | anyOf | a mapping (expected: a list of schemas, at least one)",
                "{'required': true} | required | true (expected: a list of texts)",
                "{'required': ['a', 'a']} | required/1 | 'a' (expected: a text given once)",
                "{'required': [5]} | required/0 | 5 (expected: a text given once)",
                "{'enum': []} | enum | a list (expected: a list of values",
                "{'minimum': '1'} | minimum | '1' (expected: a number)",
                "{'exclusiveMinimum': true} | exclusiveMinimum | true (expected: a number)",
                "{'multipleOf': 0} | multipleOf | 0 (expected: a number above 0)",
                "{'minLength': -1} | minLength | -1 (expected: a whole number, 0 or more)",
                "{'maxItems': 1.5} | maxItems | 1.5 (expected: a whole number, 0 or more)",
                "{'uniqueItems': 'yes'} | uniqueItems | 'yes' (expected: true or false)",
                "{'title': 5} | title | 5 (expected: text)",
                "{'pattern': '('} | pattern | '(': Unclosed group (expected: a regular expression)",
                "{'pattern': 5} | pattern | 5 (expected: a regular expression)",
                "{'patternProperties': {'[': {}}} | patternProperties/[ | '[': Unclosed character class (expected: a"
                        + " regular expression)",
                "{'dependencies': {'a': 5}} | dependencies/a | 5 (expected: a schema",
                "{'dependentRequired': {'a': 5}} | dependentRequired/a | 5 (expected: a list of texts)",
                "{'$ref': '#/$defs/none'} | $ref | '#/$defs/none' (expected: a place in this schema",
                "{'$ref': '#/a%'} | $ref | '#/a%' (expected: a place in this schema",
                "{'$ref': '#none'} | $ref | '#none' (expected: a place in this schema",
                "{'$ref': 'other.json'} | $ref | 'other.json' (expected: a place in this schema",
                "{'title': 'a', '$ref': '#/title'} | $ref | '#/title' (expected: a place in this schema",
                "{'$ref': 5} | $ref | 5 (expected: text such as"
            })
    void faultIsNamedWithItsPlace(String schema, @Nullable String path, String message) {
        assertThat(JsonSchemaShape.faults(json(schema))).singleElement().satisfies(fault -> {
            assertThat(fault.path().stream().map(Object::toString).toList())
                    .isEqualTo(path == null ? List.of() : List.of(path.split("/")));
            assertThat(fault.message()).startsWith(message);
        });
    }

    @Test
    void depthIsBounded() {
        assertThat(JsonSchemaShape.faults(json(nested(JsonSchemaShape.DEPTH_MAX))))
                .isEmpty();
        assertThat(JsonSchemaShape.faults(json(nested(JsonSchemaShape.DEPTH_MAX + 1))))
                .extracting(JsonSchemaShape.Fault::message)
                .containsExactly("nested too deeply (expected: at most 32 schemas)");
    }

    private static String nested(int schemas) {
        return "{'items':".repeat(schemas - 1) + "{}" + "}".repeat(schemas - 1);
    }

    private static JsonNode json(String text) {
        return MAPPER.readTree(text.replace('\'', '"'));
    }
}
