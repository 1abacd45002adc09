package dev.tasker.engine.internal.step;

import dev.tasker.engine.GraphMetrics;
import dev.tasker.engine.internal.graph.InvalidOutcomeException;
import dev.tasker.engine.internal.graph.Outcome;
import dev.tasker.engine.internal.graph.OutcomeWarning;
import dev.tasker.engine.meter.Counters;
import dev.tasker.engine.meter.Distribution;
import dev.tasker.engine.meter.Distributions;
import dev.tasker.engine.meter.Instrument;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Collectors;

/** What a node counts about outcomes that add to tasks (02 §6.7). Thread-safe. */
final class GraphCounters {
    private static final String METER = "tasker-orchestration";

    private final Map<GraphMetrics.OutcomeType, LongAdder> outcomes = adders(GraphMetrics.OutcomeType.values());
    private final Map<InvalidOutcomeException.Kind, LongAdder> refusals = adders(InvalidOutcomeException.Kind.values());
    private final Map<OutcomeWarning.Subject, LongAdder> warnings = adders(OutcomeWarning.Subject.values());
    private final LongAdder stepsAdded = new LongAdder();
    private final Counters outcomesByDecision = new Counters();
    private final Counters stepsByDecision = new Counters();
    private final Counters refusalsByDecision = new Counters();
    private final Distributions durations = new Distributions(Distribution::ofMillis);
    private final Distributions sizes = new Distributions(Distribution::ofNumbers);

    private static <E extends Enum<E>> Map<E, LongAdder> adders(E[] kinds) {
        return Map.copyOf(Arrays.stream(kinds).collect(Collectors.toMap(kind -> kind, _ -> new LongAdder())));
    }

    /** An outcome was worked out in {@code nanos}. */
    void processed(String decision, Outcome outcome, long nanos) {
        GraphMetrics.OutcomeType type = switch (outcome) {
            case Outcome.Unsaid _ -> GraphMetrics.OutcomeType.UNSAID;
            case Outcome.NoBranches _ -> GraphMetrics.OutcomeType.NO_BRANCHES;
            case Outcome.CreateSteps _ -> GraphMetrics.OutcomeType.CREATE_STEPS;
            case Outcome.NoBatches _ -> GraphMetrics.OutcomeType.NO_BATCHES;
            case Outcome.CreateBatches _ -> GraphMetrics.OutcomeType.CREATE_BATCHES;
        };
        count(outcomes, type);
        outcomesByDecision.count(decision, type.name().toLowerCase(Locale.ROOT));
        durations.of(decision).record(nanos);
    }

    void refused(String decision, InvalidOutcomeException refusal) {
        count(refusals, refusal.kind());
        refusalsByDecision.count(decision, refusal.kind().name().toLowerCase(Locale.ROOT));
    }

    void warned(OutcomeWarning.Subject subject) {
        count(warnings, subject);
    }

    void added(String decision, int steps) {
        stepsAdded.add(steps);
        stepsByDecision.add(steps, decision);
        sizes.of(decision).record(steps);
    }

    private static <E extends Enum<E>> void count(Map<E, LongAdder> adders, E kind) {
        Objects.requireNonNull(adders.get(kind)).increment();
    }

    /** By the name of the deciding step. */
    List<Instrument> instruments() {
        String at = "decision_points.";
        List<String> decision = List.of("decision_name");
        Map<List<String>, Long> warned = new HashMap<>();
        byName(warnings).forEach((type, count) -> warned.put(List.of(type), count));
        return List.of(
                Instrument.counter(
                        METER,
                        at + "outcomes_processed",
                        List.of("decision_name", "outcome_type"),
                        outcomesByDecision.snapshot()),
                Instrument.counter(METER, at + "steps_created", decision, stepsByDecision.snapshot()),
                Instrument.counter(
                        METER,
                        at + "validation_errors",
                        List.of("decision_name", "error_type"),
                        refusalsByDecision.snapshot()),
                Instrument.counter(METER, at + "warnings", List.of("warning_type"), warned),
                Instrument.histogram(METER, "decision_point.processing.duration", "ms", decision, durations.snapshot()),
                Instrument.histogram(METER, "decision_point.step_count", "", decision, sizes.snapshot()));
    }

    GraphMetrics snapshot() {
        return new GraphMetrics(
                outcomes.entrySet().stream()
                        .collect(Collectors.toMap(
                                Map.Entry::getKey, entry -> entry.getValue().sum())),
                stepsAdded.sum(),
                byName(refusals),
                byName(warnings));
    }

    private static <E extends Enum<E>> Map<String, Long> byName(Map<E, LongAdder> adders) {
        return adders.entrySet().stream()
                .collect(Collectors.toMap(
                        entry -> entry.getKey().name().toLowerCase(Locale.ROOT),
                        entry -> entry.getValue().sum()));
    }
}
