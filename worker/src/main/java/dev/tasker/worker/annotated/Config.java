package dev.tasker.worker.annotated;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** A key of the handler's {@code initialization} in the template, or all of it. Constructors of handler classes take it too. */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.PARAMETER)
public @interface Config {

    /** The key; empty: the whole {@code initialization}. */
    String value() default "";

    /**
     * What stands in when the value is absent or null: at most one entry, a text for a parameter of type {@code String}, JSON for any other.
     * Without it the parameter must be there, unless it is {@code @Nullable} or an {@code Optional}.
     */
    String[] orElse() default {};
}
