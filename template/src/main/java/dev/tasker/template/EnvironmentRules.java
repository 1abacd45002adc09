package dev.tasker.template;

import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/** Rules for what environments change (spec 06 §10, §13.5). */
final class EnvironmentRules {
    private EnvironmentRules() {}

    static void unknownSteps(TaskTemplate template, RuleReport report) {
        Set<String> names = template.steps().stream().map(StepDefinition::name).collect(Collectors.toSet());
        eachOverlay(template, (overlay, environment, index) -> {
            String name = overlay.name();
            if (!name.equals(StepOverlay.ALL) && !names.contains(name)) {
                String message =
                        "name: " + Quoted.of(name) + " is not a step of this template (expected: a step, or ALL"
                                + KeySuggestion.hint(name, names) + ")";
                report.violation(
                        "ENV_UNKNOWN_STEP", name, message, "environments", environment, "steps", index, "name");
            }
        });
    }

    static void callables(TaskTemplate template, RuleReport report) {
        eachOverlay(template, (overlay, environment, index) -> {
            String callable = overlay.callable();
            if (callable != null) {
                Object[] path = {"environments", environment, "steps", index, "handler", "callable"};
                PolicyRules.callable(callable, overlay.name(), report, path);
            }
        });
    }

    static void ranges(TaskTemplate template, RuleReport report) {
        template.environments().forEach((environment, overlay) -> {
            LifecyclePolicy lifecycle = overlay.lifecycle();
            if (lifecycle != null) {
                PolicyRules.lifecycleRanges(lifecycle, report, "environments", environment, "lifecycle");
            }
        });
        eachOverlay(template, (overlay, environment, index) -> {
            Object[] path = {"environments", environment, "steps", index};
            PolicyRules.timeoutRange(overlay.timeoutSeconds(), overlay.name(), report, path);
            JsonNode initialization = overlay.initialization();
            if (initialization != null) {
                PolicyRules.timeoutRange(initialization, overlay.name(), report, path);
            }
            RetryOverlay retry = overlay.retry();
            if (retry != null) {
                Object[] retryPath = {"environments", environment, "steps", index, "retry"};
                PolicyRules.retryRanges(retry, overlay.name(), report, retryPath);
            }
        });
    }

    private static void eachOverlay(TaskTemplate template, OverlayCheck check) {
        template.environments().forEach((environment, overlay) -> {
            List<StepOverlay> steps = overlay.steps();
            for (int i = 0; i < steps.size(); i++) {
                check.accept(steps.get(i), environment, i);
            }
        });
    }

    private interface OverlayCheck {
        void accept(StepOverlay overlay, String environment, int index);
    }
}
