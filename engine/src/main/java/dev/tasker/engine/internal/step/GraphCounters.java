package dev.tasker.engine.internal.step;

import dev.tasker.engine.GraphMetrics;
import dev.tasker.engine.internal.graph.InvalidOutcomeException;
import dev.tasker.engine.internal.graph.Outcome;
import dev.tasker.engine.internal.graph.OutcomeWarning;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Collectors;

/** What a node counts about outcomes that add to tasks (02 §6.7). Thread-safe. */
final class GraphCounters {
    private final Map<GraphMetrics.OutcomeType, LongAdder> outcomes = adders(GraphMetrics.OutcomeType.values());
    private final Map<InvalidOutcomeException.Kind, LongAdder> refusals = adders(InvalidOutcomeException.Kind.values());
    private final Map<OutcomeWarning.Subject, LongAdder> warnings = adders(OutcomeWarning.Subject.values());
    private final LongAdder stepsAdded = new LongAdder();

    private static <E extends Enum<E>> Map<E, LongAdder> adders(E[] kinds) {
        return Map.copyOf(Arrays.stream(kinds).collect(Collectors.toMap(kind -> kind, _ -> new LongAdder())));
    }

    void processed(Outcome outcome) {
        count(
                outcomes,
                switch (outcome) {
                    case Outcome.Unsaid _ -> GraphMetrics.OutcomeType.UNSAID;
                    case Outcome.NoBranches _ -> GraphMetrics.OutcomeType.NO_BRANCHES;
                    case Outcome.CreateSteps _ -> GraphMetrics.OutcomeType.CREATE_STEPS;
                    case Outcome.NoBatches _ -> GraphMetrics.OutcomeType.NO_BATCHES;
                    case Outcome.CreateBatches _ -> GraphMetrics.OutcomeType.CREATE_BATCHES;
                });
    }

    void refused(InvalidOutcomeException refusal) {
        count(refusals, refusal.kind());
    }

    void warned(OutcomeWarning.Subject subject) {
        count(warnings, subject);
    }

    void added(int steps) {
        stepsAdded.add(steps);
    }

    private static <E extends Enum<E>> void count(Map<E, LongAdder> adders, E kind) {
        Objects.requireNonNull(adders.get(kind)).increment();
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
