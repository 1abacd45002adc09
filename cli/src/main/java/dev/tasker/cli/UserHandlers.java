package dev.tasker.cli;

import dev.tasker.worker.BadHandlerException;
import dev.tasker.worker.HandlerRegistry;
import dev.tasker.worker.event.EventPublisher;
import dev.tasker.worker.event.EventSubscriber;
import dev.tasker.worker.event.PublisherRegistry;
import dev.tasker.worker.event.SubscriberRegistry;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import org.jspecify.annotations.Nullable;

/**
 * What the person who starts a worker brings along: handlers, which are annotated classes and those that callables name (04 §5.9, §5.10), and
 * publishers and subscribers of events, which are services ({@link ServiceLoader}).
 */
record UserHandlers(HandlerRegistry handlers, PublisherRegistry publishers, SubscriberRegistry subscribers) {

    /**
     * Handlers of some packages, publishers and subscribers of the class path.
     *
     * @param classPath jars and folders with classes, beside those of the command itself
     * @param packages the only ones whose classes are loaded, with those below them
     * @param bundled handlers to serve besides, null: none
     */
    static UserHandlers load(List<Path> classPath, List<String> packages, @Nullable BundledHandlers bundled) {
        ClassLoader loader = new URLClassLoader(urls(classPath), UserHandlers.class.getClassLoader());
        HandlerRegistry.Builder builder =
                HandlerRegistry.builder().classLoader(loader).classLookup(packages.toArray(String[]::new));
        packages.forEach(builder::discover);
        if (bundled != null) {
            builder.addAll(bundled.registry());
        }
        try {
            PublisherRegistry publishers = new PublisherRegistry();
            ServiceLoader.load(EventPublisher.class, loader).forEach(publishers::register);
            SubscriberRegistry subscribers = new SubscriberRegistry();
            for (EventSubscriber subscriber : ServiceLoader.load(EventSubscriber.class, loader)) {
                subscriber.patterns().forEach(pattern -> subscribers.register(pattern, subscriber));
            }
            return new UserHandlers(builder.build(), publishers, subscribers);
        } catch (ServiceConfigurationError e) {
            throw new CommandException("--class-path: " + e.getMessage(), e);
        } catch (BadHandlerException e) {
            throw new CommandException("--packages: " + e.getMessage(), e);
        }
    }

    private static URL[] urls(List<Path> classPath) {
        List<URL> urls = new ArrayList<>();
        for (Path path : classPath) {
            if (!Files.exists(path)) {
                throw new CommandException("--class-path: " + path + " (expected: a jar or a folder with classes)");
            }
            try {
                urls.add(path.toUri().toURL());
            } catch (MalformedURLException e) {
                throw new IllegalStateException("every file has a URL", e);
            }
        }
        return urls.toArray(URL[]::new);
    }
}
