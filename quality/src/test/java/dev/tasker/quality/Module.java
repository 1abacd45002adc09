package dev.tasker.quality;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** A Maven module of this repository: where its sources, class files and coverage lie. */
record Module(String name, Path folder) {
    private static final Path REPOSITORY = Path.of(System.getProperty("tasker.repository", ".."));
    private static final Pattern MODULE = Pattern.compile("<module>([^<]+)</module>");

    static Path repository() {
        return REPOSITORY;
    }

    /** The modules the root pom lists, without those of the build itself. */
    static List<Module> all() {
        try {
            return MODULE.matcher(Files.readString(REPOSITORY.resolve("pom.xml")))
                    .results()
                    .map(match -> match.group(1))
                    .filter(name -> !name.startsWith("quality"))
                    .map(name -> new Module(name, REPOSITORY.resolve(name)))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** This module, whose rules apply to its own tests as well. */
    static Module quality() {
        return new Module("quality", REPOSITORY.resolve("quality"));
    }

    Path sources() {
        return folder.resolve("src/main/java");
    }

    Path testSources() {
        return folder.resolve("src/test/java");
    }

    Path classes() {
        return folder.resolve("target/classes");
    }

    Path testClasses() {
        return folder.resolve("target/test-classes");
    }

    Path coverage() {
        return folder.resolve("target/jacoco.exec");
    }

    /** True when the build made the source file, false when it was written by hand. */
    boolean generated(String packageName, String sourceFile) {
        String path = packageName.replace('.', '/') + "/" + sourceFile;
        if (Files.exists(sources().resolve(path))) {
            return false;
        }
        if (generatedRoots().stream().noneMatch(root -> Files.exists(root.resolve(path)))) {
            throw new IllegalStateException(name + ": no source for a class of " + path + " (run: mvn clean)");
        }
        return true;
    }

    /** Where generators write, such as {@code target/generated-sources/protobuf/java}. */
    private List<Path> generatedRoots() {
        Path generated = folder.resolve("target/generated-sources");
        if (!Files.isDirectory(generated)) {
            return List.of();
        }
        try (Stream<Path> folders = Files.walk(generated, 2)) {
            return folders.filter(Files::isDirectory).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** All files below a folder with this ending; none when the folder does not exist. */
    static List<Path> files(Path folder, String ending) {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(Files::isRegularFile)
                    .filter(file -> file.getFileName().toString().endsWith(ending))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
