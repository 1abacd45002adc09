package dev.tasker.engine.internal;

import dev.tasker.engine.internal.sql.Database;
import dev.tasker.engine.internal.step.CheckpointCleaner;
import dev.tasker.engine.internal.task.StepAuditReader;
import dev.tasker.engine.internal.task.TaskChangeReader;
import dev.tasker.engine.internal.task.TaskExplainer;
import dev.tasker.engine.internal.task.TaskLister;
import dev.tasker.engine.internal.task.TaskReader;
import dev.tasker.engine.internal.template.TemplateCatalogue;

/** What answers callers from the pool's connections, without a lane. */
public record ReadParts(
        TaskReader tasks,
        TaskLister lister,
        TaskExplainer explainer,
        CheckpointCleaner checkpoints,
        StepAuditReader audits,
        TaskChangeReader changes) {

    static ReadParts of(Database pool, TemplateCatalogue templates) {
        return new ReadParts(
                new TaskReader(pool, templates),
                new TaskLister(pool),
                new TaskExplainer(pool, templates),
                new CheckpointCleaner(pool),
                new StepAuditReader(pool),
                new TaskChangeReader(pool));
    }
}
