package dev.tasker.engine.internal.audit;

import dev.tasker.engine.AuditFinding;
import dev.tasker.engine.DoctorReport;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/** What a walk has counted and found so far. Thread-safe. */
final class AuditTally {
    private final LongConsumer progress;
    private final List<AuditFinding> findings = new ArrayList<>();
    private long tasks;
    private long steps;
    private long found;
    private long repaired;
    private long passing;

    /** A tally that tells {@code progress} after each piece how many tasks were recounted so far, one call at a time. */
    AuditTally(LongConsumer progress) {
        this.progress = progress;
    }

    synchronized void recounted(int moreTasks, long moreSteps) {
        tasks += moreTasks;
        steps += moreSteps;
        progress.accept(tasks);
    }

    /** What was found at the second look at a suspect: nothing, if it was a moment in passing. */
    synchronized void examined(List<AuditFinding> confirmed) {
        if (confirmed.isEmpty()) {
            passing++;
        }
        confirmed.forEach(this::found);
    }

    synchronized void found(AuditFinding finding) {
        found++;
        repaired += finding.repaired() ? 1 : 0;
        if (findings.size() < DoctorReport.FINDINGS_MAX) {
            findings.add(finding);
        }
    }

    synchronized DoctorReport report(Duration duration, List<String> unattended, @Nullable String broken) {
        return new DoctorReport(tasks, steps, duration, findings, found, repaired, passing, unattended, broken);
    }
}
