package dev.tasker.engine.internal.meter;

import dev.tasker.engine.Completion;
import dev.tasker.engine.TaskState;
import dev.tasker.engine.internal.task.NewTask;
import dev.tasker.engine.internal.task.TaskPayload;
import dev.tasker.engine.internal.template.RegisteredTemplate;
import dev.tasker.engine.internal.template.RunnableStep;
import dev.tasker.engine.meter.Distribution;
import dev.tasker.engine.meter.Distributions;
import dev.tasker.engine.meter.Histogram;
import dev.tasker.engine.meter.Instrument;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What a node measures of tasks and results (03 §4.2): additions to counters that stand ready, a handful per step. Labels are names of
 * registered templates and their steps. Thread-safe.
 */
public final class NodeMeters {
    private static final String METER = "tasker-orchestration";
    private static final String UNKNOWN = "unknown"; // a task that left this node's memory before it ended

    private final InstantSource clock;
    private final Map<Integer, TemplateMeter> templates = new ConcurrentHashMap<>();
    private final LongAdder unknownCompletions = new LongAdder();
    private final LongAdder unknownFailures = new LongAdder();
    private final LongAdder successes = new LongAdder();
    private final LongAdder errors = new LongAdder();
    private final LongAdder timeouts = new LongAdder();
    private final Distribution successProcessing = Distribution.ofMillis();
    private final Distribution errorProcessing = Distribution.ofMillis();
    private final Distributions finalization = new Distributions(Distribution::ofMillis);
    private final Distribution finalizedComplete = finalization.of("complete");
    private final Distribution finalizedError = finalization.of("error");
    private final Distribution finalizedPending = finalization.of("pending");

    public NodeMeters(InstantSource clock) {
        this.clock = clock;
    }

    private TemplateMeter of(RegisteredTemplate template) {
        TemplateMeter meter = templates.get(template.templateId());
        return meter != null
                ? meter
                : templates.computeIfAbsent(template.templateId(), _ -> new TemplateMeter(template));
    }

    /** A creation was answered, {@code nanos} after it was asked for. */
    public void created(NewTask task, boolean isNew, long nanos) {
        TemplateMeter meter = of(task.template());
        meter.requests.increment();
        if (isNew) {
            meter.initialization.record(nanos);
            for (RunnableStep root : task.template().roots()) {
                meter.enqueued[root.planned().index()].increment();
            }
        }
    }

    /** A step of a task that this node knows, or does not, waits or is leased for the first time. */
    public void enqueued(@Nullable TaskPayload payload, int index) {
        if (payload != null) {
            of(payload.template()).enqueued(index, payload.graph());
        }
    }

    /** A result was answered, {@code nanos} after it was reported. */
    public void reported(boolean success, @Nullable Completion completion, long nanos) {
        if (completion != Completion.ACCEPTED) {
            return;
        }
        (success ? successes : errors).increment();
        (success ? successProcessing : errorProcessing).record(nanos);
    }

    /** The engine ended an attempt itself: its worker was lost, or did not end it in time. */
    public void timedOut() {
        timeouts.increment();
    }

    /** A call of {@code nanos} put a task into another state. */
    public void finalized(TaskState state, long nanos) {
        switch (state) {
            case COMPLETE -> finalizedComplete.record(nanos);
            case ERROR, BLOCKED_BY_FAILURES -> finalizedError.record(nanos);
            default -> finalizedPending.record(nanos);
        }
    }

    /** A task is complete, or rests with a failure. */
    public void entered(UUID task, TaskState state, @Nullable TaskPayload payload) {
        boolean complete = state == TaskState.COMPLETE;
        if (!complete && state != TaskState.BLOCKED_BY_FAILURES) {
            return;
        }
        if (payload == null) {
            (complete ? unknownCompletions : unknownFailures).increment();
            return;
        }
        TemplateMeter meter = of(payload.template());
        (complete ? meter.completions : meter.failures).increment();
        long millis = Math.max(
                0, clock.millis() - (task.getMostSignificantBits() >>> 16)); // the uuid is the time of creation
        (complete ? meter.completedAfter : meter.failedAfter).record(millis);
    }

    /** All of it. */
    public List<Instrument> instruments() {
        Map<List<String>, Long> results = Map.of(
                List.of("success"),
                successes.sum(),
                List.of("error"),
                errors.sum(),
                List.of("timeout"),
                timeouts.sum());
        Map<List<String>, Histogram> processing =
                Map.of(List.of("success"), successProcessing.snapshot(), List.of("error"), errorProcessing.snapshot());
        return List.of(
                counter(
                        "tasks.requests",
                        List.of("task_type", "namespace"),
                        sums(meter -> Map.of(List.of(meter.name(), meter.namespace()), meter.requests.sum()))),
                counter(
                        "tasks.completions",
                        List.of("namespace"),
                        byNamespace(meter -> meter.completions.sum(), unknownCompletions)),
                counter(
                        "tasks.failures",
                        List.of("namespace"),
                        byNamespace(meter -> meter.failures.sum(), unknownFailures)),
                counter("steps.enqueued", List.of("namespace", "step_name"), sums(NodeMeters::enqueuedSteps)),
                counter("steps.results_processed", List.of("result_type"), results),
                histogram(
                        "task.initialization.duration",
                        "ms",
                        List.of("task_type"),
                        merged(meter -> Map.of(List.of(meter.name()), meter.initialization.snapshot()))),
                histogram("task.finalization.duration", "ms", List.of("final_state"), finalization.snapshot()),
                histogram("step_result.processing.duration", "ms", List.of("result_type"), processing),
                histogram(
                        "task.completion_duration",
                        "s",
                        List.of("namespace", "outcome"),
                        merged(meter -> Map.of(
                                List.of(meter.namespace(), "complete"), meter.completedAfter.snapshot(),
                                List.of(meter.namespace(), "error"), meter.failedAfter.snapshot()))));
    }

    private static Map<List<String>, Long> enqueuedSteps(TemplateMeter meter) {
        Map<List<String>, Long> counts = new HashMap<>();
        for (int i = 0; i < meter.enqueued.length; i++) {
            String step = meter.template.steps().get(i).planned().name();
            counts.put(List.of(meter.namespace(), step), meter.enqueued[i].sum());
        }
        return counts;
    }

    private Map<List<String>, Long> byNamespace(Function<TemplateMeter, Long> count, LongAdder unknown) {
        Map<List<String>, Long> sums = sums(meter -> Map.of(List.of(meter.namespace()), count.apply(meter)));
        if (unknown.sum() > 0) {
            sums.put(List.of(UNKNOWN), unknown.sum());
        }
        return sums;
    }

    private Map<List<String>, Long> sums(Function<TemplateMeter, Map<List<String>, Long>> counts) {
        Map<List<String>, Long> sums = new HashMap<>();
        templates
                .values()
                .forEach(meter -> counts.apply(meter).forEach((labels, count) -> sums.merge(labels, count, Long::sum)));
        return sums;
    }

    private Map<List<String>, Histogram> merged(Function<TemplateMeter, Map<List<String>, Histogram>> values) {
        Map<List<String>, Histogram> merged = new HashMap<>();
        templates
                .values()
                .forEach(meter -> values.apply(meter)
                        .forEach((labels, histogram) -> merged.merge(labels, histogram, Histogram::plus)));
        return merged;
    }

    private static Instrument counter(String name, List<String> labels, Map<List<String>, Long> values) {
        return Instrument.counter(METER, name, labels, values);
    }

    private static Instrument histogram(
            String name, String unit, List<String> labels, Map<List<String>, Histogram> values) {
        return Instrument.histogram(METER, name, unit, labels, values);
    }
}
