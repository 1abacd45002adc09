package dev.tasker.worker;

/** A handler of a decision step (04 §5.6). What it throws fails the step; {@link Decisions#failure} makes the failure that says so. */
public interface DecisionHandler extends StepHandler {

    Decision decide(StepContext context) throws Exception;

    @Override
    default StepResult handle(StepContext context) throws Exception {
        return decide(context).toResult(context, version());
    }
}
