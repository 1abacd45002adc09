package dev.tasker.junit;

import dev.tasker.engine.StepState;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * A step of a run, as it was at the end.
 *
 * @param attempts how often its handler was called
 * @param result what it returned; a missing node when it never succeeded
 * @param errorMessage what its last failure said, null when there was none
 * @param errorType the kind of that failure, null when there was none
 */
public record RunStep(
        String name,
        StepState state,
        int attempts,
        JsonNode result,
        @Nullable String errorMessage,
        @Nullable String errorType) {}
