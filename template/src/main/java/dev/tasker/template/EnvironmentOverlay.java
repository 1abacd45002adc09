package dev.tasker.template;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one environment changes in a template (spec 06 §10). Null leaves the template's value alone.
 *
 * @param steps applied in order, so that later entries win
 */
public record EnvironmentOverlay(
        List<StepOverlay> steps,
        @Nullable LifecyclePolicy lifecycle,
        @Nullable InputValidation inputValidation) {
    public EnvironmentOverlay {
        steps = List.copyOf(steps);
    }

    TaskTemplate applyTo(TaskTemplate template) {
        LifecyclePolicy own = template.lifecycle();
        LifecyclePolicy merged =
                lifecycle == null ? own : (own == null ? LifecyclePolicy.EMPTY : own).overlaidWith(lifecycle);
        return template.with(
                template.steps().stream().map(this::overlaid).toList(),
                merged,
                inputValidation != null ? inputValidation : template.inputValidation());
    }

    private StepDefinition overlaid(StepDefinition step) {
        StepDefinition result = step;
        for (StepOverlay overlay : steps) {
            if (overlay.appliesTo(step.name())) {
                result = overlay.applyTo(result);
            }
        }
        return result;
    }
}
