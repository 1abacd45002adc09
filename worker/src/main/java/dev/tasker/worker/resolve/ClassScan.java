package dev.tasker.worker.resolve;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Finds the classes of a package and of those below it, in folders and jars, without initialising any. */
public final class ClassScan {
    private static final String CLASS = ".class";

    private ClassScan() {}

    /** The classes in order of name; those that cannot be loaded are left out. */
    public static List<Class<?>> classesIn(String packageName, ClassLoader loader) {
        String folder = packageName.replace('.', '/');
        List<Class<?>> classes = new ArrayList<>();
        try {
            for (URL place : Collections.list(loader.getResources(folder))) {
                for (String name : names(place.toURI(), folder)) {
                    load(name, loader, classes);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException("package: " + packageName, e);
        }
        return classes;
    }

    private static List<String> names(URI place, String folder) throws IOException {
        if (!place.getScheme().equals("jar")) {
            return names(Path.of(place), folder);
        }
        try (FileSystem jar = FileSystems.newFileSystem(place, Map.of())) {
            return names(jar.getPath(folder), folder);
        }
    }

    private static List<String> names(Path root, String folder) throws IOException {
        try (Stream<Path> files = Files.walk(root)) {
            return files.map(file ->
                            folder + "/" + root.relativize(file).toString().replace('\\', '/'))
                    .filter(file -> file.endsWith(CLASS) && !file.endsWith("-info.class"))
                    .map(file ->
                            file.substring(0, file.length() - CLASS.length()).replace('/', '.'))
                    .sorted()
                    .toList();
        }
    }

    private static void load(String name, ClassLoader loader, List<Class<?>> classes) {
        try {
            classes.add(Class.forName(name, false, loader));
        } catch (ClassNotFoundException | LinkageError e) {
            // needs something that is not there, so it cannot be a handler here
        }
    }
}
