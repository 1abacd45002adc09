package dev.tasker.engine.internal;

import dev.tasker.engine.EngineConfig;
import dev.tasker.engine.internal.audit.AuditPatrol;
import dev.tasker.engine.internal.domainevent.EventOutbox;
import dev.tasker.engine.internal.loop.BackgroundLoop;
import dev.tasker.engine.internal.recovery.StalenessSweeper;
import dev.tasker.engine.internal.retention.HorizonWatchdog;
import dev.tasker.engine.internal.retention.PeriodCreator;
import dev.tasker.engine.internal.retention.PeriodRetirer;
import dev.tasker.engine.internal.retention.RetentionPass;
import dev.tasker.engine.internal.sql.Database;
import dev.tasker.engine.internal.sql.DedicatedConnection;
import dev.tasker.engine.internal.task.TaskUuids;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * What a node does for the database as a whole, at times of its own: periods, events that are past their time, recounting, sweeps for
 * stale tasks.
 */
final class Upkeep {
    private static final Duration TRIM_INTERVAL = Duration.ofHours(1);

    private final PeriodCreator periods;
    private final HorizonWatchdog watchdog;
    private final RetentionPass retention;
    private final AuditPatrol patrol;
    private final List<BackgroundLoop> loops = new ArrayList<>();

    Upkeep(
            Database pool,
            Database direct,
            DedicatedConnection retiring,
            TaskUuids uuids,
            EventOutbox outbox,
            StalenessSweeper sweeper,
            EngineConfig config) {
        periods = new PeriodCreator(direct, uuids, config.retention());
        watchdog = new HorizonWatchdog(pool, config.retention().pinnedAfter(), System::nanoTime);
        retention = new RetentionPass(periods, new PeriodRetirer(retiring, config.retention()), watchdog);
        patrol = new AuditPatrol(pool, config.audit());
        loops.add(BackgroundLoop.of("events-trim", () -> {
            outbox.trim(config.domainEvents().retention());
            return TRIM_INTERVAL;
        }));
        loops.add(BackgroundLoop.of("retention", retention::runOnce));
        if (config.audit().enabled()) {
            loops.add(BackgroundLoop.of("audit", patrol::runOnce));
        }
        if (config.staleness().enabled()) {
            loops.add(BackgroundLoop.of("staleness", sweeper::runOnce));
        }
    }

    RetentionPass retention() {
        return retention;
    }

    HorizonWatchdog watchdog() {
        return watchdog;
    }

    AuditPatrol patrol() {
        return patrol;
    }

    /** Makes sure that new tasks have partitions. */
    void prepare() {
        periods.runOnce();
    }

    void start() {
        loops.forEach(BackgroundLoop::start);
    }

    void close() {
        loops.forEach(BackgroundLoop::close);
    }
}
