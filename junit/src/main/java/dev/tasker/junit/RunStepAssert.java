package dev.tasker.junit;

import dev.tasker.engine.StepState;
import org.assertj.core.api.AbstractAssert;
import org.assertj.core.api.Assertions;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Assertions on one step of a run. */
public final class RunStepAssert extends AbstractAssert<RunStepAssert, RunStep> {
    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    private final WorkflowRunAssert run;

    RunStepAssert(WorkflowRunAssert run, RunStep step) {
        super(step, RunStepAssert.class);
        this.run = run;
    }

    public RunStepAssert isComplete() {
        return isIn(StepState.COMPLETE);
    }

    /** It failed for good. */
    public RunStepAssert isFailed() {
        return isIn(StepState.ERROR);
    }

    private RunStepAssert isIn(StepState state) {
        if (actual.state() != state) {
            failWithMessage("Expected step to be <%s>, but it is %s", state.text(), actual);
        }
        return this;
    }

    /** Its handler was called this often. */
    public RunStepAssert hasAttempts(int expected) {
        if (actual.attempts() != expected) {
            failWithMessage("Expected step to have <%s> attempts, but it is %s", expected, actual);
        }
        return this;
    }

    /** It returned this, whatever the order of keys. */
    public RunStepAssert hasResult(String json) {
        JsonNode expected = MAPPER.readTree(json);
        if (!actual.result().equals(expected)) {
            failWithMessage("Expected result <%s> of step, but it is %s", expected, actual);
        }
        return this;
    }

    /** What it returned has this value at a JSON pointer. */
    public RunStepAssert hasResultAt(String pointer, Object value) {
        JsonNode expected = MAPPER.valueToTree(value);
        if (!actual.result().at(pointer).equals(expected)) {
            failWithMessage("Expected <%s> at <%s> in the result of step, but it is %s", expected, pointer, actual);
        }
        return this;
    }

    /** Its last failure is of this kind and says something with this text in it. */
    public RunStepAssert failedWith(String errorType, String messagePart) {
        Assertions.assertThat(actual.errorType()).as("error type of %s", actual).isEqualTo(errorType);
        Assertions.assertThat(actual.errorMessage()).as("error of %s", actual).contains(messagePart);
        return this;
    }

    /** Back to the run. */
    public WorkflowRunAssert and() {
        return run;
    }
}
