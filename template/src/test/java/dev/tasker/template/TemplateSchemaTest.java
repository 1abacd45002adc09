package dev.tasker.template;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The published schema says what the parser reads (spec 06 §18 point 4). */
class TemplateSchemaTest {
    private static final String UNKNOWN = "zzz_unknown_key: 1";

    private final JsonNode schema = JsonMapper.builder().build().readTree(TemplateSchema.json());

    @Test
    void schemaCompiles() {
        assertThat(JsonSchemaShape.faults(schema)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "'' | UNKNOWN",
                "/$defs/system_dependencies | system_dependencies: {UNKNOWN}",
                "/$defs/domain_event | domain_events: [{name: a.b, UNKNOWN}]",
                "/$defs/lifecycle | lifecycle: {UNKNOWN}",
                "/$defs/environment | environments: {test: {UNKNOWN}}",
                "/$defs/overlay_step | environments: {test: {steps: [{name: ALL, UNKNOWN}]}}",
                "/$defs/overlay_handler | environments: {test: {steps: [{name: ALL, handler: {UNKNOWN}}]}}",
                "/$defs/retry | environments: {test: {steps: [{name: ALL, retry: {UNKNOWN}}]}}",
                "/$defs/lifecycle | environments: {test: {lifecycle: {UNKNOWN}}}"
            })
    void keysOfTheTemplateAreThoseOfTheParser(String definition, String line) {
        assertSameKeys(definition, Yaml.withTopLevel(line.replace("UNKNOWN", UNKNOWN) + "\n"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "/$defs/step | UNKNOWN",
                "/$defs/retry | retry: {UNKNOWN}",
                "/$defs/event | publishes_events: [{name: a.b, description: d, schema: {}, UNKNOWN}]",
                "/$defs/batch_config | batch_config: {worker_template: w, UNKNOWN}"
            })
    void keysOfAStepAreThoseOfTheParser(String definition, String line) {
        assertSameKeys(definition, Yaml.withStep(line.replace("UNKNOWN", UNKNOWN)));
    }

    @Test
    void keysOfAHandlerAreThoseOfTheParser() {
        String yaml = Yaml.withTopLevel("").replace("callable: say_hello", "callable: c, " + UNKNOWN);
        assertSameKeys("/$defs/handler", yaml);
    }

    private void assertSameKeys(String definition, String yaml) {
        String message = Yaml.finding(yaml, "UNKNOWN_KEY").message();
        String known = message.substring(message.indexOf("one of ") + "one of ".length(), message.length() - 1);

        assertThat(keys(schema.at(definition).path("properties")))
                .isEqualTo(new TreeSet<>(Arrays.asList(known.split(", "))));
    }

    @Test
    void wordsAreThoseOfTheParser() {
        assertThat(words("/properties/input_validation")).isEqualTo(words(InputValidation.values()));
        assertThat(words("/properties/identity_strategy")).isEqualTo(words(IdentityStrategy.values()));
        assertThat(words("/$defs/lifecycle/properties/staleness_action")).isEqualTo(words(StalenessAction.values()));
        assertThat(words("/$defs/retry/properties/backoff")).isEqualTo(words(BackoffStrategy.values()));
        assertThat(words("/$defs/step/properties/type")).isEqualTo(words(StepType.values()));
        assertThat(words("/$defs/event/properties/condition")).isEqualTo(words(EventCondition.values()));
        assertThat(words("/$defs/event/properties/delivery_mode")).isEqualTo(words(DeliveryMode.values()));
        assertThat(words("/$defs/batch_config/properties/failure_strategy")).isEqualTo(words(FailureStrategy.values()));
    }

    @Test
    void everyKeyIsDescribed() {
        Stream<JsonNode> objects =
                Stream.concat(Stream.of(schema), schema.path("$defs").valueStream());

        objects.forEach(object -> object.path("properties")
                .properties()
                .forEach(property -> assertThat(
                                property.getValue().path("description").asString(""))
                        .as(property.getKey())
                        .isNotBlank()));
    }

    private static Set<String> keys(JsonNode node) {
        return node.properties().stream().map(Map.Entry::getKey).collect(Collectors.toCollection(TreeSet::new));
    }

    private List<String> words(String pointer) {
        return schema.at(pointer)
                .path("enum")
                .valueStream()
                .map(JsonNode::stringValue)
                .toList();
    }

    private static List<String> words(Keyword[] keywords) {
        return Arrays.stream(keywords).map(Keyword::text).toList();
    }
}
