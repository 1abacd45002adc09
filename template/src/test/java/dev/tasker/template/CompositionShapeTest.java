package dev.tasker.template;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What can be said of a composition without running it (spec 07 §12.3). */
class CompositionShapeTest {
    private static final String OUTCOME = "'outcome': {'description': 'd', 'output_schema': {'type': 'object'}}, ";
    private static final String TRANSFORM = "{'capability': 'transform', 'config': {'output': {}, 'filter': '.'}}";

    @Test
    void soundCompositionHasNoFaults() {
        String all = "{'capability': 'validate', 'config': {'schema': {}}},{'capability': 'assert', 'config':"
            + " {'filter': 'f', 'error': 'e'}},{'capability': 'acquire', 'config': {'resource': 'r'}},{'capability':"
            + " 'persist', 'checkpoint': true, 'config': {'resource': 'r', 'data': {'expression':"
            + " '.'}}},{'capability': 'emit', 'checkpoint': true, 'config': {'event_name': 'e', 'payload': '.'}},"
                + TRANSFORM;

        assertThat(faults("{'name': 'n', " + OUTCOME + "'invocations': [" + all + "]}"))
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "COMPOSITION_PARSE_ERROR | composition: 5 (expected: a mapping) | 5",
                "COMPOSITION_PARSE_ERROR | invocations: nothing (expected: a list) | {OUTCOME 'name': 'n'}",
                "COMPOSITION_PARSE_ERROR | name: 5 (expected: text) | {OUTCOME 'name': 5, 'invocations': []}",
                "COMPOSITION_PARSE_ERROR | 0: 5 (expected: a mapping) | {OUTCOME 'invocations': [5]}",
                "COMPOSITION_PARSE_ERROR | capability: nothing (expected: text) | {OUTCOME 'invocations': [{}]}",
                "COMPOSITION_PARSE_ERROR | checkpoint: 1 (expected: true or false) | {OUTCOME 'invocations':"
                        + " [{'capability': 'emit', 'checkpoint': 1}]}",
                "COMPOSITION_PARSE_ERROR | output_schema: 5 (expected: a schema) | {'outcome': {'description': 'd',"
                        + " 'output_schema': 5}, 'invocations': []}",
                "COMPOSITION_INVALID | EMPTY_COMPOSITION: invocations: none (expected: 1 to 100) | {OUTCOME"
                        + " 'invocations': []}",
                "COMPOSITION_INVALID | MISSING_CAPABILITY: capability: 'emitt' (expected: one of acquire, assert,"
                        + " emit, persist, transform, validate; did you mean 'emit'?) | {OUTCOME 'invocations':"
                        + " [{'capability': 'emitt', 'config': {}}, TRANSFORM]}",
                "COMPOSITION_INVALID | MISSING_OUTPUT_SCHEMA: output: missing (expected: what transform needs) |"
                    + " {OUTCOME 'invocations': [{'capability': 'transform', 'config': {'filter': '.'}}, TRANSFORM]}",
                "COMPOSITION_INVALID | CONFIG_SCHEMA_VIOLATION: schema: missing (expected: what validate needs) |"
                        + " {OUTCOME 'invocations': [{'capability': 'validate'}, TRANSFORM]}",
                "COMPOSITION_INVALID | CHECKPOINT_REQUIRED: checkpoint: false beside emit, which changes the world"
                        + " (expected: true) | {OUTCOME 'invocations': [{'capability': 'emit', 'config': {'event_name':"
                        + " 'e', 'payload': 'p'}}, TRANSFORM]}",
                "COMPOSITION_WARNING | UNVERIFIABLE_OUTCOME: output_schema: the last invocation declares no output to"
                        + " compare with (expected: one that does) | {OUTCOME 'invocations': [TRANSFORM, {'capability':"
                        + " 'validate', 'config': {'schema': {}}}]}"
            })
    void faultSaysWhatIsWrong(String code, String message, String composition) {
        String text = composition.replace("OUTCOME", OUTCOME).replace("TRANSFORM", TRANSFORM);

        assertThat(faults(text)).containsExactly(code + " " + message);
    }

    @Test
    void sizesAreBounded() {
        String many = "{" + OUTCOME + "'invocations': [" + (TRANSFORM + ",").repeat(100) + TRANSFORM + "]}";
        String wordy = "{'name': '" + "n".repeat(257) + "', " + OUTCOME.replace("'d'", "'" + "d".repeat(4097) + "'")
                + "'invocations': [" + TRANSFORM + "]}";

        assertThat(faults(many))
                .containsExactly("COMPOSITION_INVALID TOO_MANY_INVOCATIONS: invocations: 101 (expected: 1 to 100)");
        assertThat(faults(wordy))
                .containsExactly(
                        "COMPOSITION_INVALID FIELD_TOO_LONG: name: 257 characters (expected: at most 256)",
                        "COMPOSITION_INVALID FIELD_TOO_LONG: description: 4097 characters (expected: at most 4096)");
    }

    private static List<String> faults(String composition) {
        JsonNode node = JsonMapper.builder().build().readTree(composition.replace('\'', '"'));
        return CompositionShape.of(node).faults().stream()
                .map(fault -> fault.code() + " " + fault.message())
                .toList();
    }
}
