package dev.tasker.worker.annotated;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** The value that an ancestor of the step returned, without the document around it. */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.PARAMETER)
public @interface DependsOn {

    /** The ancestor's name in the template. */
    String value();
}
