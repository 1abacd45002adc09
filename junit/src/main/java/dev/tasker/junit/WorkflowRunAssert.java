package dev.tasker.junit;

import dev.tasker.engine.TaskState;
import dev.tasker.testkit.Eventually;
import java.time.Duration;
import java.util.List;
import org.assertj.core.api.AbstractAssert;
import org.assertj.core.api.Assertions;

/** Assertions on a run. */
public final class WorkflowRunAssert extends AbstractAssert<WorkflowRunAssert, WorkflowRun> {

    WorkflowRunAssert(WorkflowRun run) {
        super(run, WorkflowRunAssert.class);
    }

    /** All steps are done. */
    public WorkflowRunAssert isComplete() {
        return isIn(TaskState.COMPLETE);
    }

    /** A step failed for good, and somebody has to decide. */
    public WorkflowRunAssert isBlocked() {
        return isIn(TaskState.BLOCKED_BY_FAILURES);
    }

    private WorkflowRunAssert isIn(TaskState state) {
        if (actual.state() != state) {
            failWithMessage("Expected the task to be <%s>, but it is %s", state.text(), actual);
        }
        return this;
    }

    /** Exactly these steps exist, in any order. */
    public WorkflowRunAssert hasSteps(String... names) {
        Assertions.assertThat(actual.steps().stream().map(RunStep::name)).containsExactlyInAnyOrder(names);
        return this;
    }

    /** The waits for retries add up to this, to the second. */
    public WorkflowRunAssert waited(Duration expected) {
        Assertions.assertThat(actual.waited()).as("wait for retries").isCloseTo(expected, Duration.ofSeconds(1));
        return this;
    }

    /** Exactly these events were published, in any order; waits a moment for those that are only told. */
    public WorkflowRunAssert published(String... names) {
        List<String> expected = List.of(names).stream().sorted().toList();
        Eventually.equals(
                "names of events",
                expected,
                () -> actual.events().stream().map(RunEvent::name).sorted().toList());
        return this;
    }

    /** Goes on with one step. */
    public RunStepAssert step(String name) {
        return new RunStepAssert(this, actual.step(name));
    }
}
