package dev.tasker.worker.resolve;

import dev.tasker.template.HandlerDefinition;
import dev.tasker.template.ParsedTemplate;
import dev.tasker.template.StepDefinition;
import dev.tasker.template.TaskTemplate;
import dev.tasker.template.TemplateDirectory;
import dev.tasker.worker.BadHandlerException;
import dev.tasker.worker.HandlerKey;
import dev.tasker.worker.HandlerRegistry;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the templates that a worker is to serve ask of its handlers (04 §5.10).
 *
 * @param complete the templates all of whose steps have a handler; only these are to be told to a server
 * @param handlers the steps that can be run, with the templates' namespaces
 * @param unresolved the steps that cannot, in the order of the templates
 */
public record TemplateHandlers(List<TaskTemplate> complete, Set<HandlerKey> handlers, List<Unresolved> unresolved) {
    private static final Logger LOG = LoggerFactory.getLogger(TemplateHandlers.class);

    /**
     * A step that nothing runs.
     *
     * @param template {@code namespace/name/version}
     */
    public record Unresolved(String template, String step, String callable, String reason) {

        @Override
        public String toString() {
            return template + ", step " + step + ": " + reason;
        }
    }

    public TemplateHandlers {
        complete = List.copyOf(complete);
        handlers = Set.copyOf(handlers);
        unresolved = List.copyOf(unresolved);
    }

    /** Whether steps without a handler stop a worker when nobody says: in production. */
    public static boolean strictByDefault(String environment) {
        return environment.equals("production");
    }

    /** Looks up every step of these templates. */
    public static TemplateHandlers of(Collection<TaskTemplate> templates, HandlerRegistry registry) {
        List<TaskTemplate> complete = new ArrayList<>();
        Set<HandlerKey> handlers = new LinkedHashSet<>();
        List<Unresolved> unresolved = new ArrayList<>();
        for (TaskTemplate template : templates) {
            int before = unresolved.size();
            for (StepDefinition step : template.steps()) {
                HandlerDefinition definition = step.handler();
                problem(template, step, registry)
                        .ifPresentOrElse(
                                reason -> unresolved.add(
                                        new Unresolved(template.key(), step.name(), definition.callable(), reason)),
                                () -> handlers.add(new HandlerKey(template.namespace(), definition.callable())));
            }
            if (unresolved.size() == before) {
                complete.add(template);
            }
        }
        return new TemplateHandlers(complete, handlers, unresolved);
    }

    /** Looks up every step of the templates below a folder; broken files are passed over, as they are when they are registered. */
    public static TemplateHandlers in(Path folder, HandlerRegistry registry) {
        return of(
                TemplateDirectory.load(folder).templates().stream()
                        .map(ParsedTemplate::template)
                        .toList(),
                registry);
    }

    /**
     * Makes the worker take the steps that can be run, those of resolvers too.
     *
     * @param strict whether a step without a handler is an error, not only a warning
     * @throws BadHandlerException naming every such step
     */
    public void serve(HandlerRegistry registry, boolean strict) {
        if (strict && !unresolved.isEmpty()) {
            throw new BadHandlerException("steps without a handler: "
                    + unresolved.stream().map(Unresolved::toString).collect(Collectors.joining("; ")));
        }
        unresolved.forEach(step -> LOG.warn("No handler: {}", step));
        registry.serve(handlers);
    }

    private static Optional<String> problem(TaskTemplate template, StepDefinition step, HandlerRegistry registry) {
        HandlerDefinition definition = step.handler();
        var context = new ResolutionContext(definition.initialization(), null, template.namespace());
        try {
            registry.resolve(definition, context, step.name());
            return Optional.empty();
        } catch (RuntimeException e) { // resolvers are user code
            return Optional.of(String.valueOf(e.getMessage()));
        }
    }
}
