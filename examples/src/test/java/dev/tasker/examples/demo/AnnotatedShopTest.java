package dev.tasker.examples.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tasker.examples.Attempt;
import dev.tasker.examples.TemplateRun;
import dev.tasker.worker.HandlerRegistry;
import dev.tasker.worker.RetryableStepException;
import dev.tasker.worker.StepException;
import dev.tasker.worker.StepResult;
import dev.tasker.worker.ValidationStepException;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** The annotated tea shop does what the one in class style does. */
class AnnotatedShopTest {
    private static final String WITHOUT_HICCUP = DemoHandlers.sampleOrderJson()
            .replace("\"simulate_gateway_hiccup\": true", "\"simulate_gateway_hiccup\": false");

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"quantity\": 6",
                "\"quantity\": 40", // more than the near warehouse has, several parcels
                "\"quantity\": 41" // more than there is
            })
    void everyStepAnswersAsInClassStyle(String quantity) throws Exception {
        String order = WITHOUT_HICCUP.replace("\"quantity\": 6", quantity);

        assertThat(outcome(AnnotatedShop.registry(), order)).isEqualTo(outcome(DemoHandlers.registry(), order));
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"card_country\": \"US\"", "\"card_country\": \"SE\""})
    void suspicionIsTheSame(String card) throws Exception {
        String order = WITHOUT_HICCUP
                .replace("\"card_country\": \"SE\"", card)
                .replace("\"orders_before\": 3", "\"orders_before\": 0")
                .replace("\"express\": false", "\"express\": true");

        assertThat(outcome(AnnotatedShop.registry(), order)).isEqualTo(outcome(DemoHandlers.registry(), order));
    }

    @Test
    void handlersOfBothStylesHaveTheSameCallables() {
        assertThat(AnnotatedShop.registry().callables())
                .isEqualTo(DemoHandlers.registry().callables());
    }

    @Test
    void hiccupOfTheGatewayIsTriedAgain() {
        assertThatThrownBy(() -> TemplateRun.of(DemoHandlers.templateYaml(), AnnotatedShop.registry())
                        .run(DemoHandlers.sampleOrderJson()))
                .isInstanceOf(RetryableStepException.class);
    }

    @Test
    void missingMemberIsNamedWithItsParameter() {
        assertThatThrownBy(() -> Attempt.of(AnnotatedShop.registry(), "shop.validate_order")
                        .context("{'order_number': 'T-1', 'lines': [{'article': 'assam-250'}], 'customer': {}}")
                        .run())
                .isInstanceOf(ValidationStepException.class)
                .hasMessageStartingWith(
                        "parameter 'lines' of AnnotatedShop.validateOrder: input 'lines': [0].quantity: ");
    }

    /** What each step answered, or how the first failure of an exception ended the run. */
    private static Map<String, JsonNode> outcome(HandlerRegistry registry, String order) throws Exception {
        var outcome = new TreeMap<String, JsonNode>();
        TemplateRun run = TemplateRun.of(DemoHandlers.templateYaml(), registry);
        try {
            run.run(order)
                    .forEach((step, result) -> outcome.put(
                            step,
                            Attempt.tree(
                                    result instanceof StepResult.Success success
                                            ? success.value()
                                            : result.toString())));
        } catch (StepException e) {
            outcome.put("thrown", Attempt.tree(e.code() + ": " + e.getMessage()));
        }
        return outcome;
    }
}
