package dev.tasker.cli;

import dev.tasker.worker.BadHandlerException;
import dev.tasker.worker.HandlerRegistry;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Handlers of the person who starts a worker: annotated classes, and those that callables name (04 §5.9, §5.10). */
final class UserHandlers {
    private UserHandlers() {}

    /**
     * The handlers of some packages.
     *
     * @param classPath jars and folders with classes, beside those of the command itself
     * @param packages the only ones whose classes are loaded, with those below them
     * @param bundled handlers to serve besides, null: none
     */
    static HandlerRegistry registry(List<Path> classPath, List<String> packages, @Nullable BundledHandlers bundled) {
        HandlerRegistry.Builder builder = HandlerRegistry.builder()
                .classLoader(new URLClassLoader(urls(classPath), UserHandlers.class.getClassLoader()))
                .classLookup(packages.toArray(String[]::new));
        packages.forEach(builder::discover);
        if (bundled != null) {
            builder.addAll(bundled.registry());
        }
        try {
            return builder.build();
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
