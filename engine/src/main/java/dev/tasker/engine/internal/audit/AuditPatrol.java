package dev.tasker.engine.internal.audit;

import dev.tasker.engine.AuditConfig;
import dev.tasker.engine.AuditFinding;
import dev.tasker.engine.internal.sql.Database;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A node's part in the walk that all nodes make together in the background: one piece after another, with a rest that keeps it within its
 * share. Tells what it finds once, and changes nothing. Passes are made by one thread; figures may be read by any.
 */
public final class AuditPatrol {
    private static final Logger log = LoggerFactory.getLogger(AuditPatrol.class);
    private static final int TASKS_MAX = 500;
    private static final int STEPS_MAX = 2_500;
    private static final int TOLD_MAX = 10_000;
    private static final Duration REST_MIN = Duration.ofSeconds(1);

    private final Database pool;
    private final AuditConfig config;
    private final LongAdder tasks = new LongAdder();
    private final LongAdder walks = new LongAdder();
    private final LongAdder findings = new LongAdder();
    private final Map<AuditFinding, Boolean> told = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<AuditFinding, Boolean> eldest) {
            return size() > TOLD_MAX;
        }
    };
    private boolean started;

    public AuditPatrol(Database pool, AuditConfig config) {
        this.pool = pool;
        this.config = config;
    }

    /** Tasks recounted by this node. */
    public long tasks() {
        return tasks.sum();
    }

    /** Walks that ended with a piece of this node. */
    public long walks() {
        return walks.sum();
    }

    /** Faults this node found, each once. */
    public long findings() {
        return findings.sum();
    }

    /** Recounts one piece and returns how long to rest; the first pass only rests. */
    public Duration runOnce() throws SQLException {
        if (!started) {
            started = true;
            return config.interval();
        }
        long start = System.nanoTime();
        AuditCalls.Walk walk;
        try (Connection open = pool.open()) {
            AuditCalls.Pass pass = AuditCalls.pass(open, TASKS_MAX, STEPS_MAX);
            tasks.add(pass.tasks());
            walk = pass.walk();
            for (Suspect suspect : pass.suspects()) {
                AuditCalls.examine(open, suspect, false).forEach(this::tell);
            }
        }
        return switch (walk) {
            case GOES_ON -> rest(System.nanoTime() - start);
            case ENDS -> {
                walks.increment();
                yield config.interval();
            }
            case RESTS, TAKEN -> config.interval();
        };
    }

    private Duration rest(long nanos) {
        Duration inProportion = Duration.ofNanos((long) (nanos * (1 / config.share() - 1)));
        Duration least = config.interval().compareTo(REST_MIN) < 0 ? config.interval() : REST_MIN;
        return inProportion.compareTo(least) < 0 ? least : inProportion;
    }

    private void tell(AuditFinding finding) {
        if (told.put(finding, true) == null) {
            findings.increment();
            log.error(
                    "audit: {} of task {}, step {}, session {}: expected {}, found {}; `tasker doctor` tells what to"
                            + " do",
                    finding.code().text(),
                    finding.task(),
                    finding.step(),
                    finding.session(),
                    finding.expected(),
                    finding.found());
        }
    }
}
