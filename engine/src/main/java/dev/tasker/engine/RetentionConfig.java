package dev.tasker.engine;

import java.time.Duration;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * How long finished tasks are kept, and in which pieces they leave (DESIGN §4).
 *
 * @param period what one partition of each table holds; another one counts for periods created from then on
 * @param periodsAhead how many periods after the present one have their partitions already
 * @param keep how long tasks are kept after the end of their period, null for ever; a period with an unfinished task stays
 * @param archive what becomes of the tables of a period that leaves
 * @param pinnedAfter how long something may hold back the removal of dead rows before it is reported
 */
public record RetentionConfig(
        Period period, int periodsAhead, @Nullable Duration keep, Archive archive, Duration pinnedAfter) {
    public static final RetentionConfig DEFAULT =
            new RetentionConfig(Period.MONTH, 2, null, Archive.DROP, Duration.ofMinutes(5));

    /** A stretch of time, in UTC. */
    public enum Period {
        DAY(1),
        WEEK(7),
        MONTH(31);

        private final int days;

        Period(int days) {
            this.days = days;
        }

        private Duration longest() {
            return Duration.ofDays(days);
        }

        /** The word in configuration and SQL. */
        public String text() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** What becomes of tables. */
    public enum Archive {
        /** They are dropped. */
        DROP,
        /** They are moved to the schema {@code tasker_archive}, for somebody to save and drop. */
        SCHEMA
    }

    public RetentionConfig {
        if (periodsAhead < 1) {
            throw new IllegalArgumentException("retention.periods_ahead: " + periodsAhead + " (expected: >= 1)");
        }
        if (keep != null && keep.compareTo(period.longest()) < 0) {
            throw new IllegalArgumentException(
                    "retention.keep: " + keep + " (expected: at least a period, a " + period.text() + ")");
        }
        if (pinnedAfter.compareTo(Duration.ofSeconds(1)) < 0) {
            throw new IllegalArgumentException("retention.pinned_after: " + pinnedAfter + " (expected: >= PT1S)");
        }
    }

    public RetentionConfig withPeriod(Period newPeriod) {
        return new RetentionConfig(newPeriod, periodsAhead, keep, archive, pinnedAfter);
    }

    /** Keeps tasks so long, or for ever. */
    public RetentionConfig withKeep(@Nullable Duration newKeep) {
        return new RetentionConfig(period, periodsAhead, newKeep, archive, pinnedAfter);
    }

    public RetentionConfig withArchive(Archive newArchive) {
        return new RetentionConfig(period, periodsAhead, keep, newArchive, pinnedAfter);
    }
}
