package dev.tasker.engine.internal;

import dev.tasker.engine.StalenessConfig;
import dev.tasker.engine.internal.lane.Aftermath;
import dev.tasker.engine.internal.operator.TaskReopener;
import dev.tasker.engine.internal.recovery.DeadLetterStore;
import dev.tasker.engine.internal.recovery.ExpiryGuard;
import dev.tasker.engine.internal.recovery.StalenessCounters;
import dev.tasker.engine.internal.recovery.StalenessSweeper;
import dev.tasker.engine.internal.sql.Database;

/** What finds stale tasks, keeps dead letters and puts tasks back to work. */
public record StalenessParts(
        StalenessCounters counters, StalenessSweeper sweeper, DeadLetterStore letters, TaskReopener reopener) {

    static StalenessParts of(Database pool, StalenessConfig config, ExpiryGuard guard, Aftermath aftermath) {
        StalenessCounters counters = new StalenessCounters();
        return new StalenessParts(
                counters,
                new StalenessSweeper(pool, config, guard, counters, aftermath),
                new DeadLetterStore(pool, config, counters),
                new TaskReopener(pool, aftermath));
    }
}
