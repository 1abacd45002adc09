package dev.tasker.engine;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * Why a task is not finished: a reason for each of its steps that is not. One snapshot of the database, the same on every node.
 *
 * @param since when the task entered its state
 * @param steps the unfinished steps in order of creation; none when the task has ended
 */
public record TaskExplanation(UUID taskUuid, TaskState state, Instant since, List<Step> steps) {

    /** An unfinished step and why it is not finished. */
    public record Step(UUID stepUuid, String name, StepState state, StepReason reason) {}

    public TaskExplanation {
        steps = List.copyOf(steps);
    }

    /** One sentence on the task: what needs attention first, then how many steps there are of each kind. */
    public String sentence() {
        String when = state.text() + " since " + since.truncatedTo(ChronoUnit.SECONDS);
        if (state.isTerminal()) {
            return when;
        }
        Map<String, Integer> kinds = new LinkedHashMap<>();
        steps.forEach(step -> kinds.merge(step.reason().code(), 1, Integer::sum));
        List<String> counts = new ArrayList<>();
        kinds.forEach((code, count) -> counts.add(count + " " + code));
        return when + ": " + pressing() + " (" + String.join(", ", counts) + ")";
    }

    /** The step that tells most: a stuck one, a failed one, one without a worker, then one that runs, waits or is queued. */
    private String pressing() {
        Step most = null;
        for (Step step : steps) {
            if (most == null || urgency(step.reason()) < urgency(most.reason())) {
                most = step;
            }
        }
        return most == null
                ? "no step is unfinished"
                : most.name() + " " + most.reason().sentence();
    }

    private static int urgency(StepReason reason) {
        return switch (reason) {
            case StepReason.Unexplained _ -> 0;
            case StepReason.Failed _ -> 1;
            case StepReason.NoWorker _ -> 2;
            case StepReason.LeaseRanOut _ -> 3;
            case StepReason.Leased _ -> 4;
            case StepReason.Queued _ -> 5;
            case StepReason.Backoff _ -> 6;
            case StepReason.WaitingForParents _, StepReason.WaitingForSlot _, StepReason.Withheld _ -> 7;
        };
    }
}
