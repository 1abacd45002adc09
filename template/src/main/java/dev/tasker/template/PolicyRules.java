package dev.tasker.template;

import java.util.List;
import java.util.Set;
import java.util.function.ObjIntConsumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Rules for handlers, retries, time limits, batches and environments (spec 06 §8, §13.5). */
final class PolicyRules {
    private static final Range ATTEMPTS = new Range(1, 100);
    private static final Range BACKOFF_BASE_MS = new Range(100, 3_600_000);
    private static final Range MAX_BACKOFF_MS = new Range(1000, 3_600_000);
    private static final Range TIMEOUT_SECONDS = new Range(0, 3600);
    private static final Range STATE_MINUTES = new Range(1, 10_080);
    private static final Range TASK_MINUTES = new Range(1, 43_200);
    private static final Range BATCH_SIZE = new Range(1, 100_000);
    private static final Range PARALLELISM = new Range(1, 1000);
    private static final int TEXT_MAX = 255;
    private static final int CALLABLE_MAX = 500;

    private PolicyRules() {}

    static void blankCallables(TaskTemplate template, RuleReport report) {
        eachStep(template, (step, index) -> {
            String callable = step.handler().callable();
            if (callable.isBlank()) {
                String message = "callable: blank (expected: the address of a handler)";
                report.error("EMPTY_CALLABLE", step.name(), message, "steps", index, "handler", "callable");
            } else if (callable.length() > CALLABLE_MAX) {
                String message = "callable: %s has %d characters (expected: at most %d)"
                        .formatted(Quoted.of(callable), callable.length(), CALLABLE_MAX);
                report.violation("CALLABLE_TOO_LONG", step.name(), message, "steps", index, "handler", "callable");
            }
        });
    }

    static void retryRanges(TaskTemplate template, RuleReport report) {
        eachStep(template, (step, index) -> {
            RetryPolicy retry = step.retry();
            if (retry.maxAttempts() == 0) {
                String message = "max_attempts: 0 runs the step once, like 1 (expected: " + ATTEMPTS + ")";
                report.warning("RETRY_RANGE", step.name(), message, "steps", index, "retry", "max_attempts");
            } else {
                ATTEMPTS.check("RETRY_RANGE", retry.maxAttempts(), step, report, "steps", index, "retry", "max_attempts");
            }
            Backoff backoff = retry.backoff();
            if (backoff != null) {
                long base = backoff.base().toMillis();
                BACKOFF_BASE_MS.check("RETRY_RANGE", base, step, report, "steps", index, "retry", "backoff_base_ms");
                long max = backoff.max().toMillis();
                MAX_BACKOFF_MS.check("RETRY_RANGE", max, step, report, "steps", index, "retry", "max_backoff_ms");
            }
        });
    }

    static void retryContradictions(TaskTemplate template, RuleReport report) {
        eachStep(template, (step, index) -> {
            RetryPolicy retry = step.retry();
            boolean stated = !retry.equals(RetryPolicy.DEFAULT);
            if (stated && !retry.retryable() && retry.maxAttempts() > 1) {
                String message = "retryable: false beside max_attempts: " + retry.maxAttempts()
                        + "; the step runs once (expected: max_attempts: 1, or retryable: true)";
                report.warning("RETRY_CONTRADICTION", step.name(), message, "steps", index, "retry", "retryable");
            }
        });
    }

    static void timeoutRanges(TaskTemplate template, RuleReport report) {
        eachStep(template, (step, index) -> {
            Integer seconds = step.timeoutSeconds();
            if (seconds != null) {
                TIMEOUT_SECONDS.check("TIMEOUT_RANGE", seconds, step, report, "steps", index, "timeout_seconds");
            }
            JsonNode stated = step.handler().initialization().path(StepDefinition.TIMEOUT_MS);
            if (!stated.isMissingNode() && StepDefinition.milliseconds(stated).isEmpty()) {
                String message = "timeout_ms: " + Quoted.of(stated.toString())
                        + " is ignored (expected: a whole number of milliseconds, 0 or more)";
                report.violation(
                        "TIMEOUT_RANGE", step.name(), message, "steps", index, "handler", "initialization", "timeout_ms");
            }
        });
    }

    static void lifecycleRanges(TaskTemplate template, RuleReport report) {
        LifecyclePolicy lifecycle = template.lifecycle();
        if (lifecycle == null) {
            return;
        }
        minutes(lifecycle.maxWaitingForDependenciesMinutes(), STATE_MINUTES, "max_waiting_for_dependencies_minutes", report);
        minutes(lifecycle.maxWaitingForRetryMinutes(), STATE_MINUTES, "max_waiting_for_retry_minutes", report);
        minutes(lifecycle.maxStepsInProcessMinutes(), STATE_MINUTES, "max_steps_in_process_minutes", report);
        minutes(lifecycle.maxDurationMinutes(), TASK_MINUTES, "max_duration_minutes", report);
    }

    static void batchRanges(TaskTemplate template, RuleReport report) {
        eachStep(template, (step, index) -> {
            BatchConfig batch = step.batchConfig();
            if (batch == null) {
                return;
            }
            String code = "BATCH_RANGE";
            BATCH_SIZE.check(code, batch.batchSize(), step, report, "steps", index, "batch_config", "batch_size");
            PARALLELISM.check(code, batch.parallelism(), step, report, "steps", index, "batch_config", "parallelism");
            batchText(batch.cursorField(), "cursor_field", step, index, report);
            batchText(batch.workerTemplate(), "worker_template", step, index, report);
        });
    }

    static void environmentSteps(TaskTemplate template, RuleReport report) {
        Set<String> names =
                template.steps().stream().map(StepDefinition::name).collect(Collectors.toSet());
        template.environments().forEach((environment, overlay) -> {
            List<StepOverlay> steps = overlay.steps();
            for (int i = 0; i < steps.size(); i++) {
                String name = steps.get(i).name();
                if (!name.equals(StepOverlay.ALL) && !names.contains(name)) {
                    String message = "name: " + Quoted.of(name) + " is not a step of this template (expected: a step, or ALL"
                            + KeySuggestion.hint(name, names) + ")";
                    report.violation("ENV_UNKNOWN_STEP", name, message, "environments", environment, "steps", i, "name");
                }
            }
        });
    }

    private static void minutes(@Nullable Integer value, Range range, String key, RuleReport report) {
        if (value != null && !range.contains(value)) {
            report.violation(
                    "LIFECYCLE_RANGE", null, key + ": " + value + " (expected: " + range + ")", "lifecycle", key);
        }
    }

    private static void batchText(String text, String key, StepDefinition step, int index, RuleReport report) {
        if (text.isEmpty() || text.length() > TEXT_MAX) {
            String message = key + ": %d characters (expected: 1 to %d)".formatted(text.length(), TEXT_MAX);
            report.violation("BATCH_RANGE", step.name(), message, "steps", index, "batch_config", key);
        }
    }

    private static void eachStep(TaskTemplate template, ObjIntConsumer<StepDefinition> check) {
        List<StepDefinition> steps = template.steps();
        for (int i = 0; i < steps.size(); i++) {
            check.accept(steps.get(i), i);
        }
    }

    /** Whole numbers from {@code min} to {@code max}, both included. */
    private record Range(long min, long max) {
        boolean contains(long value) {
            return value >= min && value <= max;
        }

        /** Reports a value outside; the path ends with the key. */
        void check(String code, long value, StepDefinition step, RuleReport report, Object... path) {
            if (!contains(value)) {
                String message = path[path.length - 1] + ": " + value + " (expected: " + this + ")";
                report.violation(code, step.name(), message, path);
            }
        }

        @Override
        public String toString() {
            return min + " to " + max;
        }
    }
}
