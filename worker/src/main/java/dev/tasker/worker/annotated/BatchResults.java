package dev.tasker.worker.annotated;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** What became of a batch, for a {@link dev.tasker.worker.batch.BatchScenario} parameter of a convergence step. */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.PARAMETER)
public @interface BatchResults {

    /** The batchable step. */
    String of();

    /** How the names of all its workers begin. */
    String workers();
}
