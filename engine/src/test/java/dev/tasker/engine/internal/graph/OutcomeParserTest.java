package dev.tasker.engine.internal.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tasker.engine.internal.graph.Outcome.CreateBatches;
import dev.tasker.engine.internal.graph.Outcome.CreateSteps;
import dev.tasker.engine.internal.graph.Outcome.NoBranches;
import dev.tasker.engine.internal.graph.Outcome.Unsaid;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Outcomes as handlers write them (02 §6.3, §7.2). */
class OutcomeParserTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"result\":{\"decision_point_outcome\":{\"type\":\"no_branches\"}}}",
                "{\"result\":{\"decision_point_outcome\":{\"type\":\"create_steps\",\"step_names\":[]}}}"
            })
    void nothingAskedForIsNoBranches(String document) throws InvalidOutcomeException {
        assertThat(OutcomeParser.decision(document)).isEqualTo(new NoBranches());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"{}", "{\"result\":null}", "{\"result\":5}", "{\"result\":{\"decision_point_outcome\":null}}"})
    void missingOutcomeIsToldFromOneThatAsksForNothing(String document) throws InvalidOutcomeException {
        assertThat(OutcomeParser.decision(document)).isEqualTo(new Unsaid());
    }

    @Test
    void stepsAreNamedOnce() throws InvalidOutcomeException {
        assertThat(
                        OutcomeParser.decision(
                                "{\"result\":{\"decision_point_outcome\":{\"type\":\"create_steps\",\"step_names\":[\"b\",\"a\",\"b\"]},\"x\":1}}"))
                .isEqualTo(new CreateSteps(List.of("b", "a")));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        "x" | invalid decision_point_outcome: "x" (expected: an object with type no_branches or create_steps)
        {} | invalid decision_point_outcome: {} (expected: an object with type no_branches or create_steps)
        {"type":"all"} | invalid decision_point_outcome.type: "all" (expected: no_branches or create_steps)
        {"type":"create_steps"} | invalid decision_point_outcome.step_names: missing (expected: a list of step names)
        {"type":"create_steps","step_names":[1]} | invalid decision_point_outcome.step_names: 1 (expected: a step name)
        """)
    void malformedDecisionSaysWhatWasExpected(String outcome, String message) {
        assertThatThrownBy(() -> OutcomeParser.decision("{\"result\":{\"decision_point_outcome\":" + outcome + "}}"))
                .isInstanceOf(InvalidOutcomeException.class)
                .hasMessage(message);
    }

    @Test
    void cursorsKeepWhatTheHandlerWrote() throws InvalidOutcomeException {
        Outcome outcome = OutcomeParser.batches(
                "{\"result\":{\"batch_processing_outcome\":{\"type\":\"create_batches\",\"worker_template_name\":\"w\",\"worker_count\":1,"
                    + "\"cursor_configs\":[{\"batch_id\":\"001\",\"start_cursor\":12345678901234567890.10,\"end_cursor\":\"z\"}]}}}");
        assertThat(outcome).isInstanceOf(CreateBatches.class);
        assertThat(((CreateBatches) outcome).cursors().getFirst().document().toString())
                .isEqualTo("{\"batch_id\":\"001\",\"start_cursor\":12345678901234567890.10,\"end_cursor\":\"z\"}");
        assertThat(OutcomeParser.batches("{\"result\":{}}")).isEqualTo(new Unsaid());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        {"type":"some"} | invalid batch_processing_outcome.type: "some" (expected: no_batches or create_batches)
        {"type":"create_batches"} | invalid batch_processing_outcome.worker_template_name: missing (expected: the name of a batch_worker)
        {"type":"create_batches","worker_template_name":"w","cursor_configs":[]} | invalid batch_processing_outcome.cursor_configs: [] (expected: a list of at least one cursor)
        {"type":"create_batches","worker_template_name":"w","worker_count":2,"cursor_configs":[{"batch_id":"1"}]} | invalid batch_processing_outcome.worker_count: 2 (expected: 1, the number of cursor_configs)
        {"type":"create_batches","worker_template_name":"w","worker_count":1,"cursor_configs":[{"batch_id":1}]} | invalid batch_processing_outcome.cursor_configs.batch_id: 1 (expected: a text)
        {"type":"create_batches","worker_template_name":"w","worker_count":2,"cursor_configs":[{"batch_id":"1"},{"batch_id":"1"}]} | invalid batch_processing_outcome.cursor_configs.batch_id: "1" twice (expected: once)
        """)
    void malformedBatchesSayWhatWasExpected(String outcome, String message) {
        assertThatThrownBy(() -> OutcomeParser.batches("{\"result\":{\"batch_processing_outcome\":" + outcome + "}}"))
                .isInstanceOf(InvalidOutcomeException.class)
                .hasMessage(message);
    }
}
