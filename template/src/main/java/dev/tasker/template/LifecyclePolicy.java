package dev.tasker.template;

import org.jspecify.annotations.Nullable;

/**
 * How long a task may rest in its states before it counts as stale (spec 06 §6). Null means that the server's
 * configuration decides. As part of an {@link EnvironmentOverlay} a null leaves the template's own value alone.
 */
public record LifecyclePolicy(
        @Nullable Integer maxWaitingForDependenciesMinutes,
        @Nullable Integer maxWaitingForRetryMinutes,
        @Nullable Integer maxStepsInProcessMinutes,
        @Nullable Integer maxDurationMinutes,
        @Nullable StalenessAction stalenessAction,
        @Nullable Boolean autoFailOnTimeout,
        @Nullable Boolean autoDlqOnTimeout) {

    /** A policy that states nothing. */
    public static final LifecyclePolicy EMPTY = new LifecyclePolicy(null, null, null, null, null, null, null);

    /** The stated action, or the default {@code dlq}. */
    public StalenessAction effectiveStalenessAction() {
        return stalenessAction == null ? StalenessAction.DLQ : stalenessAction;
    }

    /** Whether a stale task leaves its state: not for {@code dlq} with {@code auto_fail_on_timeout: false}. */
    public boolean failsStaleTask() {
        return switch (effectiveStalenessAction()) {
            case DLQ -> autoFailOnTimeout == null || autoFailOnTimeout;
            case ERROR -> true;
            case NONE -> false;
        };
    }

    /** Whether a stale task is entered into the dead-letter queue: for {@code dlq}, unless {@code auto_dlq_on_timeout: false}. */
    public boolean deadLettersStaleTask() {
        return effectiveStalenessAction() == StalenessAction.DLQ && (autoDlqOnTimeout == null || autoDlqOnTimeout);
    }

    /** This policy with the values that {@code overlay} states in place of its own. */
    LifecyclePolicy overlaidWith(LifecyclePolicy overlay) {
        return new LifecyclePolicy(
                stated(overlay.maxWaitingForDependenciesMinutes, maxWaitingForDependenciesMinutes),
                stated(overlay.maxWaitingForRetryMinutes, maxWaitingForRetryMinutes),
                stated(overlay.maxStepsInProcessMinutes, maxStepsInProcessMinutes),
                stated(overlay.maxDurationMinutes, maxDurationMinutes),
                stated(overlay.stalenessAction, stalenessAction),
                stated(overlay.autoFailOnTimeout, autoFailOnTimeout),
                stated(overlay.autoDlqOnTimeout, autoDlqOnTimeout));
    }

    private static <T> @Nullable T stated(@Nullable T overlay, @Nullable T own) {
        return overlay != null ? overlay : own;
    }
}
