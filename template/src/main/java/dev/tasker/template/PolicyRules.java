package dev.tasker.template;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.function.ObjIntConsumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Rules for handlers, retries, time limits, lifecycles and batches (spec 06 §8, §13.5). */
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

    static void callables(TaskTemplate template, RuleReport report) {
        eachStep(template, (step, index) -> {
            callable(step.handler().callable(), step.name(), report, "steps", index, "handler", "callable");
        });
    }

    /** Checks an address, which must fit the table of queues; the path leads to it. */
    static void callable(String callable, String step, RuleReport report, Object... path) {
        if (callable.isBlank()) {
            report.error("EMPTY_CALLABLE", step, "callable: blank (expected: the address of a handler)", path);
        } else if (callable.length() > CALLABLE_MAX) {
            String message = "callable: %s has %d characters (expected: at most %d)"
                    .formatted(Quoted.of(callable), callable.length(), CALLABLE_MAX);
            report.error("CALLABLE_TOO_LONG", step, message, path);
        }
    }

    static void retryRanges(TaskTemplate template, RuleReport report) {
        eachStep(template, (step, index) -> {
            RetryPolicy retry = step.retry();
            Backoff backoff = retry.backoff();
            RetryOverlay stated = new RetryOverlay(
                    retry.retryable(),
                    retry.maxAttempts(),
                    null,
                    backoff == null ? null : backoff.base(),
                    backoff == null ? null : backoff.max());
            retryRanges(stated, step.name(), report, "steps", index, "retry");
        });
    }

    /** Checks a retry block; the path leads to it. */
    static void retryRanges(RetryOverlay retry, String step, RuleReport report, Object... path) {
        Integer attempts = retry.maxAttempts();
        if (attempts != null && attempts == 0) {
            String message = "max_attempts: 0 runs the step once, like 1 (expected: " + ATTEMPTS + ")";
            report.warning("RETRY_RANGE", step, message, below(path, "max_attempts"));
        } else if (attempts != null) {
            ATTEMPTS.check("RETRY_RANGE", attempts, step, report, below(path, "max_attempts"));
        }
        Duration base = retry.backoffBase();
        if (base != null) {
            BACKOFF_BASE_MS.check("RETRY_RANGE", base.toMillis(), step, report, below(path, "backoff_base_ms"));
        }
        Duration max = retry.maxBackoff();
        if (max != null) {
            MAX_BACKOFF_MS.check("RETRY_RANGE", max.toMillis(), step, report, below(path, "max_backoff_ms"));
        }
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
            timeoutRange(step.timeoutSeconds(), step.name(), report, "steps", index);
            timeoutRange(step.handler().initialization(), step.name(), report, "steps", index);
        });
    }

    /** Checks the time limit of a step; the path leads to the step. */
    static void timeoutRange(@Nullable Integer seconds, String step, RuleReport report, Object... path) {
        if (seconds != null) {
            TIMEOUT_SECONDS.check("TIMEOUT_RANGE", seconds, step, report, below(path, "timeout_seconds"));
        }
    }

    /** Checks the time limit that an initialization may state; the path leads to the step. */
    static void timeoutRange(JsonNode initialization, String step, RuleReport report, Object... path) {
        JsonNode stated = initialization.path(StepDefinition.TIMEOUT_MS);
        if (!stated.isMissingNode() && StepDefinition.milliseconds(stated).isEmpty()) {
            String message = "timeout_ms: " + Quoted.of(stated.toString())
                    + " is ignored (expected: a whole number of milliseconds, 0 or more)";
            report.violation(
                    "TIMEOUT_RANGE",
                    step,
                    message,
                    below(path, "handler", "initialization", StepDefinition.TIMEOUT_MS));
        }
    }

    static void lifecycleRanges(TaskTemplate template, RuleReport report) {
        LifecyclePolicy lifecycle = template.lifecycle();
        if (lifecycle != null) {
            lifecycleRanges(lifecycle, report, "lifecycle");
        }
    }

    /** Checks a lifecycle block; the path leads to it. */
    static void lifecycleRanges(LifecyclePolicy lifecycle, RuleReport report, Object... path) {
        Integer dependencies = lifecycle.maxWaitingForDependenciesMinutes();
        minutes(dependencies, STATE_MINUTES, report, below(path, "max_waiting_for_dependencies_minutes"));
        minutes(
                lifecycle.maxWaitingForRetryMinutes(),
                STATE_MINUTES,
                report,
                below(path, "max_waiting_for_retry_minutes"));
        minutes(
                lifecycle.maxStepsInProcessMinutes(),
                STATE_MINUTES,
                report,
                below(path, "max_steps_in_process_minutes"));
        minutes(lifecycle.maxDurationMinutes(), TASK_MINUTES, report, below(path, "max_duration_minutes"));
    }

    static void batchRanges(TaskTemplate template, RuleReport report) {
        eachStep(template, (step, index) -> {
            BatchConfig batch = step.batchConfig();
            if (batch == null) {
                return;
            }
            String code = "BATCH_RANGE";
            BATCH_SIZE.check(
                    code, batch.batchSize(), step.name(), report, "steps", index, "batch_config", "batch_size");
            PARALLELISM.check(
                    code, batch.parallelism(), step.name(), report, "steps", index, "batch_config", "parallelism");
            batchText(batch.cursorField(), "cursor_field", step, index, report);
            batchText(batch.workerTemplate(), "worker_template", step, index, report);
        });
    }

    /** Keys that say something to readers only. */
    static void keysWithoutEffect(TaskTemplate template, RuleReport report) {
        eachStep(template, (step, index) -> {
            if (step.systemDependency() != null) {
                String message = "system_dependency: has no effect, nothing is routed by it (expected: none)";
                report.warning("NO_EFFECT", step.name(), message, "steps", index, "system_dependency");
            }
        });
        LifecyclePolicy lifecycle = template.lifecycle();
        if (lifecycle != null) {
            lifecycleWithoutEffect(lifecycle, report, "lifecycle", "auto_dlq_on_timeout");
        }
        template.environments().forEach((environment, overlay) -> {
            LifecyclePolicy overlaid = overlay.lifecycle();
            if (overlaid != null) {
                Object[] path = {"environments", environment, "lifecycle", "auto_dlq_on_timeout"};
                lifecycleWithoutEffect(overlaid, report, path);
            }
        });
    }

    private static void lifecycleWithoutEffect(LifecyclePolicy lifecycle, RuleReport report, Object... path) {
        if (lifecycle.autoDlqOnTimeout() != null) {
            String message = "auto_dlq_on_timeout: has no effect (expected: staleness_action, which decides)";
            report.warning("NO_EFFECT", null, message, path);
        }
    }

    private static void minutes(@Nullable Integer value, Range range, RuleReport report, Object... path) {
        if (value != null) {
            range.check("LIFECYCLE_RANGE", value, null, report, path);
        }
    }

    private static Object[] below(Object[] path, Object... more) {
        return Stream.concat(Arrays.stream(path), Arrays.stream(more)).toArray();
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
        void check(String code, long value, @Nullable String step, RuleReport report, Object... path) {
            if (!contains(value)) {
                String message = path[path.length - 1] + ": " + value + " (expected: " + this + ")";
                report.violation(code, step, message, path);
            }
        }

        @Override
        public String toString() {
            return min + " to " + max;
        }
    }
}
