package dev.tasker.engine.internal.retention;

import java.sql.SQLException;
import java.time.Duration;

/** Watchdog every minute, creation and retirement of periods every ten. Thread-safe: one pass at a time. */
public final class RetentionPass {
    private static final Duration INTERVAL = Duration.ofMinutes(1);
    private static final int PERIODS_EVERY = 10;

    private final PeriodCreator creator;
    private final PeriodRetirer retirer;
    private final HorizonWatchdog watchdog;
    private int passes;

    public RetentionPass(PeriodCreator creator, PeriodRetirer retirer, HorizonWatchdog watchdog) {
        this.creator = creator;
        this.retirer = retirer;
        this.watchdog = watchdog;
    }

    /** One pass; returns how long to sleep. What cannot leave yet is looked at again after a minute. */
    public synchronized Duration runOnce() throws SQLException {
        if (passes % PERIODS_EVERY == 0) {
            passes = runWhole() ? 1 : 0;
        } else {
            watchdog.runOnce();
            passes++;
        }
        return INTERVAL;
    }

    /** Everything at once; whether nothing is left to carry on. */
    public synchronized boolean runWhole() throws SQLException {
        watchdog.runOnce();
        creator.runOnce();
        return retirer.runOnce();
    }
}
