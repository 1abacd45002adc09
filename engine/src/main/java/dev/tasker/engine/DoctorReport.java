package dev.tasker.engine;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a {@link Doctor} saw.
 *
 * @param tasks recounted
 * @param steps of these tasks
 * @param findings all that were confirmed, at most {@link #FINDINGS_MAX} of them
 * @param found how many there were
 * @param repaired how many of these are gone
 * @param passing tasks that looked wrong and were sound when looked at again under their lock
 * @param unattended callables in whose queues steps wait although no live session takes them, as {@code namespace/callable}: no fault
 * @param broken why it ended before everything was seen, null: it did not
 */
public record DoctorReport(
        long tasks,
        long steps,
        Duration duration,
        List<AuditFinding> findings,
        long found,
        long repaired,
        long passing,
        List<String> unattended,
        @Nullable String broken) {
    public static final int FINDINGS_MAX = 10_000;

    public DoctorReport {
        findings = List.copyOf(findings);
        unattended = List.copyOf(unattended);
    }

    /** Whether everything was seen and nothing found, or all of it repaired. */
    public boolean isHealthy() {
        return broken == null && found == repaired;
    }
}
