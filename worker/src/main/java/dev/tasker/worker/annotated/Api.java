package dev.tasker.worker.annotated;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** The service behind an {@link dev.tasker.worker.api.ApiClient} parameter; one client is made for the method when it is registered. */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.PARAMETER)
public @interface Api {

    /** Where the service is. */
    String baseUrl();

    int timeoutSeconds() default 30;

    /** Headers of every request, as {@code Name: value}. */
    String[] headers() default {};
}
