package dev.tasker.worker.annotated;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** A field of the task's context. */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.PARAMETER)
public @interface Input {

    /** The field's name. */
    String value();

    /**
     * What stands in when the value is absent or null: at most one entry, a text for a parameter of type {@code String}, JSON for any other.
     * Without it the parameter must be there, unless it is {@code @Nullable} or an {@code Optional}.
     */
    String[] orElse() default {};
}
