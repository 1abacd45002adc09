package dev.tasker.server.api;

import dev.tasker.engine.Engine;
import java.util.function.DoubleSupplier;

/** All operations of a node. */
public record Operations(
        TaskOperations tasks,
        TaskFollowing following,
        BulkOperations bulk,
        StepOperations steps,
        TemplateOperations templates,
        DeadLetterOperations letters,
        AnalyticsOperations analytics) {

    /**
     * The operations of a node.
     *
     * @param signals hears the engine
     * @param environment whose overlay applies to templates that are registered
     * @param poolUtilization busy connections as a part of all, 0 to 1
     */
    public static Operations of(
            Engine engine,
            TaskSignals signals,
            DatabaseGuard guard,
            String environment,
            DoubleSupplier poolUtilization) {
        return new Operations(
                new TaskOperations(engine, guard),
                new TaskFollowing(engine, signals),
                new BulkOperations(engine),
                new StepOperations(engine),
                new TemplateOperations(engine, environment),
                new DeadLetterOperations(engine.deadLetters()),
                new AnalyticsOperations(engine.analytics(), guard, poolUtilization));
    }
}
