package dev.tasker.template;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The text level: YAML and JSON, their limits and their errors. */
class DocumentTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "~ | null",
                "Null | null",
                "TRUE | true",
                "False | false",
                "yes | \"yes\"",
                "on | \"on\"",
                "12 | 12",
                "+5 | 5",
                "-0 | 0",
                "007 | 7",
                "0o17 | 15",
                "0xFf | 255",
                "0x | \"0x\"",
                "1_000 | \"1_000\"",
                "2147483648 | 2147483648",
                "9223372036854775808 | 9223372036854775808",
                "1.50 | 1.5",
                "1. | 1.0",
                ".5 | 0.5",
                "-1e3 | -1000.0",
                "1.0.0 | \"1.0.0\"",
                "- | ",
                ". | \".\"",
                "2025-11-28 | \"2025-11-28\"",
                "'12' | \"12\"",
                "!!str 12 | \"12\"",
                "!!int 12 | 12",
                "! 12 | \"12\"",
                "!!map {a: 1} | {\"a\":1}",
                "!!seq [1] | [1]",
                "{1: 2, ~: 3} | {\"1\":2,\"~\":3}",
                "{<<: {a: 1}} | {\"<<\":{\"a\":1}}"
            })
    void scalarsFollowTheCoreSchema(String yaml, @Nullable String json) {
        if (json == null) {
            assertThat(Yaml.findings(withValue(yaml))).anyMatch(Finding::isError);
            return;
        }
        assertThat(value(withValue(yaml))).hasToString(json);
    }

    @ParameterizedTest
    @ValueSource(strings = {".inf", "-.INF", ".nan", "1e999"})
    void numberThatJsonLacksIsReadAsNullWithAWarning(String number) {
        assertThat(value(withValue(number))).hasToString("null");
        assertThat(Yaml.finding(withValue(number), "NUMBER_NOT_JSON").line()).isEqualTo(4);
    }

    @Test
    void aliasesRepeatTheirAnchor() {
        String yaml = Yaml.withTopLevel("input_schema: {a: &x {b: [1, &y two]}, c: *x, d: *y, &k e: *k}\n");

        assertThat(value(yaml, "input_schema"))
                .hasToString("{\"a\":{\"b\":[1,\"two\"]},\"c\":{\"b\":[1,\"two\"]},\"d\":\"two\",\"e\":\"e\"}");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{a: &x [*x]} | YAML_ALIAS | *x: alias without",
                "*nobody | YAML_ALIAS | *nobody: alias without",
                "{a: &x b, *x : c} | YAML_ALIAS | *x: alias without",
                "!ruby/object:Gem {} | YAML_TAG | tag '!ruby/object:Gem'",
                "!!python/object x | YAML_TAG | tag 'tag:yaml.org,2002:python/object'",
                "!!set [1] | YAML_TAG | tag 'tag:yaml.org,2002:set'",
                "{a: 1, b: 2, a: 3} | DUPLICATE_KEY | 'a': given again (expected: once; the first is on line 4)",
                "{[a]: 1} | YAML_KEY | a list or mapping used as a key",
                "{a: 1 | YAML_SYNTAX | not YAML: ",
                "'open | YAML_SYNTAX | not YAML: ",
                "a\u0001b | YAML_SYNTAX | character U+0001 cannot stand in YAML"
            })
    void brokenTextIsRefusedWithItsLine(String value, String code, String message) {
        Finding finding = Yaml.finding(withValue(value), code);

        assertThat(finding.isError()).isTrue();
        assertThat(finding.message()).startsWith(message);
        assertThat(finding.line()).isBetween(4, 9);
        assertThat(finding.column()).isPositive();
    }

    @Test
    void nestingIsBounded() {
        assertThat(Yaml.remarks(withValue("[".repeat(120) + "]".repeat(120)))).isEmpty();
        assertThat(Yaml.finding(withValue("[".repeat(300_000)), "NESTING_TOO_DEEP")
                        .message())
                .contains("at most 128 levels");
        assertThatThrownBy(() -> TemplateParser.fromJson("[".repeat(300_000))).hasMessageContaining("NESTING_TOO_DEEP");
    }

    @Test
    void aliasesCannotBlowTheDocumentUp() {
        StringBuilder bomb = new StringBuilder("{l0: &l0 [x, x, x, x]");
        for (int level = 1; level < 30; level++) {
            bomb.append(", l%d: &l%d [%s]".formatted(level, level, ("*l" + (level - 1) + ", ").repeat(4)));
        }

        assertThat(Yaml.finding(withValue(bomb + "}"), "YAML_ALIAS").message())
                .contains("aliases blow the document up");
    }

    @Test
    void sizeIsBounded() {
        String padding = "# " + "x".repeat(TemplateParser.YAML_BYTES_MAX);

        assertThat(Yaml.finding(Yaml.withTopLevel("") + padding, "TOO_LARGE").message())
                .contains("1048576 bytes");
        assertThatThrownBy(() -> TemplateParser.fromJson(" ".repeat(TemplateParser.JSON_LENGTH_MAX + 1)))
                .hasMessageContaining("TOO_LARGE");
    }

    @Test
    void digitsAreBounded() {
        assertThat(Yaml.remarks(withValue("9".repeat(1000)))).isEmpty();
        assertThat(Yaml.finding(withValue("9".repeat(1001)), "NUMBER_NOT_JSON").message())
                .endsWith("(expected: a finite number)");
    }

    @Test
    void oneFileHoldsOneDocument() {
        assertThat(Yaml.remarks("---\n" + Yaml.withTopLevel("") + "...\n")).isEmpty();
        assertThat(Yaml.finding(Yaml.withTopLevel("") + "---\nname: b\n", "YAML_DOCUMENTS")
                        .line())
                .isEqualTo(7);
        assertThat(Yaml.finding("# nothing\n", "EMPTY_DOCUMENT").message()).startsWith("nothing but comments");
        assertThat(Yaml.finding("- a\n", "WRONG_TYPE").message()).startsWith("not a mapping");
        assertThat(Yaml.finding("text", "WRONG_TYPE").message()).startsWith("not a mapping");
    }

    @Test
    void byteOrderMarkIsPassedOver() {
        assertThat(Yaml.template("\uFEFF" + Yaml.withTopLevel("")).name()).isEqualTo("greet_user");
    }

    @Test
    void pointersEscapeTheirSegments() {
        assertThat(Yaml.finding(Yaml.withStep("a/b~c: 1"), "UNKNOWN_KEY").jsonPointer())
                .isEqualTo("/steps/0/a~1b~0c");
    }

    @Test
    void longTextIsShortenedInMessages() {
        assertThat(Yaml.finding(Yaml.withStep("type: \"" + "x\\n".repeat(200) + "\""), "WRONG_TYPE")
                        .message())
                .startsWith("type: 'x\\nx")
                .contains("...' (expected")
                .hasSizeLessThan(400);
        assertThat(Yaml.finding(Yaml.withStep("k".repeat(200) + ": 1"), "UNKNOWN_KEY")
                        .message())
                .doesNotContain("did you mean");
    }

    @Test
    void jsonKeepsLinesAndValues() {
        TaskTemplate template = TemplateParser.fromJson("""
            {"name": "a", "namespace_name": "n", "version": "1.0.0",
             "input_schema": {"t": true, "f": false, "n": null, "i": 12345678901, "d": 1.5e3, "s": "\\u0000", "l": [[]]},
             "steps": [{"name": "s", "handler": {"callable": "c"}}]}
            """).template();

        assertThat(template.inputSchema())
                .hasToString(
                        "{\"t\":true,\"f\":false,\"n\":null,\"i\":12345678901,\"d\":1500.0,\"s\":\"\\u0000\",\"l\":[[]]}");
        assertThat(TemplateParser.fromJson(template.toCanonicalJson()).template())
                .isEqualTo(template);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{\"name\": | <json>:1:",
                "{\"a\": 1, \"a\": 2} | DUPLICATE_KEY",
                "{\"a\": 1e999} | NUMBER_NOT_JSON",
                "{} {} | a second value",
                "nonsense | JSON_SYNTAX",
                "`` | EMPTY_DOCUMENT",
                "[1] | not a mapping"
            })
    void brokenJsonIsRefused(String json, String message) {
        assertThatThrownBy(() -> TemplateParser.fromJson(json)).hasMessageContaining(message);
    }

    private static String withValue(String value) {
        return Yaml.withTopLevel("input_schema: {v: " + value + " }\n");
    }

    private static JsonNode value(String yaml) {
        return value(yaml, "input_schema").path("v");
    }

    private static JsonNode value(String yaml, String key) {
        return JsonMapper.shared()
                .readTree(Yaml.template(yaml).toCanonicalJson())
                .path(key);
    }
}
