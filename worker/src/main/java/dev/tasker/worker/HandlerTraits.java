package dev.tasker.worker;

import java.util.List;

/**
 * What operators may know of a handler.
 *
 * @param methods those it offers besides {@link StepHandler#CALL}
 */
public record HandlerTraits(List<String> methods, String version) {
    /** Of a handler that is resolved when a step needs it. */
    public static final HandlerTraits UNKNOWN = new HandlerTraits(List.of(), "");

    public HandlerTraits {
        methods = List.copyOf(methods);
    }

    static HandlerTraits of(StepHandler handler) {
        return new HandlerTraits(
                handler.methods().stream()
                        .filter(method -> !method.equals(StepHandler.CALL))
                        .toList(),
                handler.version());
    }
}
