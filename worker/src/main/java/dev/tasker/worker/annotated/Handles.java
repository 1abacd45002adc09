package dev.tasker.worker.annotated;

import dev.tasker.worker.StepHandler;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Says which callable a method, or a class with one step's methods, handles. A class runs its method {@code call}, or its only one, and
 * offers its public ones as {@code handler.method}.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.TYPE, ElementType.METHOD})
public @interface Handles {

    /** The callable, in the exact spelling of the template. */
    String value();

    String version() default StepHandler.VERSION;
}
