package dev.tasker.testkit.engine;

import dev.tasker.engine.EngineConfig;
import dev.tasker.engine.StaleTask;
import dev.tasker.engine.StaleTask.Action;
import dev.tasker.engine.StalenessConfig;
import dev.tasker.testkit.TestDatabase;
import dev.tasker.testkit.TestNode;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** Sweeps as tests make them, and configurations for them. */
final class Sweeps {
    private Sweeps() {}

    static Optional<StaleTask> sweep(TestNode node, UUID task) {
        return node.engine().deadLetters().sweep().stream()
                .filter(stale -> stale.taskUuid().equals(task))
                .findAny();
    }

    static Action action(List<StaleTask> judged, UUID task) {
        return judged.stream()
                .filter(stale -> stale.taskUuid().equals(task))
                .findAny()
                .orElseThrow()
                .action();
    }

    /** As if these tasks had entered their state just now. */
    static void keepYoung(TestDatabase database, UUID... tasks) {
        for (UUID task : tasks) {
            database.query(
                    "UPDATE tasker.tasks SET entered_at = tasker.engine_now() WHERE task_uuid = ? RETURNING 1", task);
        }
    }

    private static StalenessConfig of(int batchSize, boolean fails, boolean enters, boolean dryRun, boolean exhausted) {
        StalenessConfig standard = StalenessConfig.DEFAULT;
        return new StalenessConfig(
                false,
                dryRun,
                standard.interval(),
                batchSize,
                standard.waitingForDependencies(),
                standard.waitingForRetry(),
                standard.stepsInProcess(),
                standard.lifetime(),
                standard.checkpointStall(),
                fails,
                enters,
                false,
                standard.eventChannel(),
                exhausted);
    }

    static EngineConfig config(boolean fails, boolean enters, boolean dryRun) {
        return TestNode.CONFIG.withStaleness(of(100, fails, enters, dryRun, false));
    }

    static StalenessConfig small(int batchSize) {
        return of(batchSize, true, true, false, false);
    }

    static StalenessConfig exhausting() {
        return of(100, true, true, false, true);
    }
}
