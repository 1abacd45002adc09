package dev.tasker.cli;

import dev.tasker.template.PlannedStep;
import dev.tasker.template.TaskTemplate;
import dev.tasker.template.TemplateException;
import dev.tasker.template.TemplatePlan;
import java.util.List;

/**
 * The graph of a template: its steps in an order in which they can run.
 *
 * @param hash of its contents; equal for equal templates
 */
record TemplateOutline(String template, String hash, List<OutlinedStep> steps) {

    /**
     * One of them.
     *
     * @param level how many steps are before it on its longest way
     * @param fromStart false for one that a decision or a batch makes
     */
    record OutlinedStep(
            int level,
            String name,
            String type,
            boolean fromStart,
            List<String> dependencies,
            String callable,
            int maxAttempts) {}

    static TemplateOutline of(TaskTemplate template) {
        try {
            TemplatePlan plan = TemplatePlan.compile(template);
            return new TemplateOutline(
                    template.key(),
                    plan.contentHash(),
                    plan.topologicalOrder().stream().map(TemplateOutline::step).toList());
        } catch (TemplateException e) {
            throw new CommandException(CommandException.INVALID, e.getMessage() + "", e);
        }
    }

    private static OutlinedStep step(PlannedStep step) {
        return new OutlinedStep(
                step.level(),
                step.name(),
                step.type().text(),
                step.initial(),
                step.definition().dependencies(),
                step.callable(),
                step.retry().retryable() ? step.retry().maxAttempts() : 1);
    }

    @Override
    public String toString() {
        Table table = Table.titled("LEVEL", "STEP", "TYPE", "MADE", "AFTER", "CALLABLE", "ATTEMPTS");
        for (OutlinedStep step : steps) {
            table.row(
                    step.level(),
                    step.name(),
                    step.type(),
                    step.fromStart() ? "at once" : "later",
                    step.dependencies().isEmpty() ? null : String.join(", ", step.dependencies()),
                    step.callable(),
                    step.maxAttempts());
        }
        return table.toString();
    }
}
