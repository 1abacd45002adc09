package dev.tasker.worker.resolve;

import dev.tasker.template.HandlerDefinition;
import dev.tasker.worker.StepHandler;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Makes handlers of addresses of its own form, {@code payments:stripe:refund} or {@code bean:refunds} (04 §5.9). Asked for every attempt,
 * on its thread, unless the address is registered as it stands; thread-safe. An exception fails the attempt like one of the handler's.
 */
public interface HandlerResolver {
    /** Priorities of resolvers of the user's; those of the worker stand before and after. */
    int PRIORITY_MIN = 20;

    int PRIORITY_MAX = 99;

    /** The name by which {@code handler.resolver} asks for this one alone. */
    String name();

    /** Other spellings of the name. */
    default Set<String> aliases() {
        return Set.of();
    }

    /** When it is asked: the least first, equals in the order in which they were added. */
    default int priority() {
        return 50;
    }

    /** Whether the address has its form. */
    boolean canResolve(HandlerDefinition definition, ResolutionContext context);

    /** The handler, or null to leave it to the next resolver. Its methods are the worker's business. */
    @Nullable
    StepHandler resolve(HandlerDefinition definition, ResolutionContext context);
}
