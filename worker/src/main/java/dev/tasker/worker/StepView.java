package dev.tasker.worker;

import dev.tasker.worker.event.DeclaredEvent;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The step to run and what it was given.
 *
 * @param name instance name, unique in the task
 * @param templateStepName name of its definition; differs from {@code name} for steps created at run time
 * @param callable the handler, in the exact spelling of the template
 * @param method method of the handler, {@code call} unless the template says otherwise
 * @param resolver the only resolver to ask, or null for the chain
 * @param initializationJson {@code handler.initialization}, a JSON object
 * @param inputsJson the step's own inputs (a batch cursor, say), a JSON object
 * @param previousResultJson result document of the attempt before
 * @param checkpointJson last saved checkpoint
 * @param publishedEvents the domain events it declares, in the order of the template
 */
public record StepView(
        String name,
        String templateStepName,
        String callable,
        String method,
        @Nullable String resolver,
        String initializationJson,
        @Nullable String inputsJson,
        @Nullable String previousResultJson,
        @Nullable String checkpointJson,
        List<DeclaredEvent> publishedEvents) {

    /** A step that publishes nothing. */
    public StepView(
            String name,
            String templateStepName,
            String callable,
            String method,
            @Nullable String resolver,
            String initializationJson,
            @Nullable String inputsJson,
            @Nullable String previousResultJson,
            @Nullable String checkpointJson) {
        this(
                name,
                templateStepName,
                callable,
                method,
                resolver,
                initializationJson,
                inputsJson,
                previousResultJson,
                checkpointJson,
                List.of());
    }
}
