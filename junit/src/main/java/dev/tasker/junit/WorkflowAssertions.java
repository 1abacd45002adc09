package dev.tasker.junit;

/** Where assertions on runs begin: {@code assertThat(run).isComplete()}. */
public final class WorkflowAssertions {
    private WorkflowAssertions() {}

    public static WorkflowRunAssert assertThat(WorkflowRun run) {
        return new WorkflowRunAssert(run);
    }
}
