package dev.tasker.template;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Where a worker's templates lie when nobody says (spec 04 §7.1, spec 06 §2.2). The first place that exists wins; {@code TASKER_TEMPLATE_PATH} may name several.
 *
 * @param tried every place looked at, in order
 * @param found the first that is there; those of {@code TASKER_TEMPLATE_PATH} may be several; none where no place exists
 */
public record TemplateLocation(List<Path> tried, List<Path> found) {
    private static final Path TASKS = Path.of("config", "tasks");
    private static final List<String> WORKSPACE_MARKERS = List.of(
            ".git", "pom.xml", "build.gradle", "build.gradle.kts", "Cargo.toml", "pyproject.toml", "package.json");

    public TemplateLocation {
        tried = List.copyOf(tried);
        found = List.copyOf(found);
    }

    /**
     * Looks at {@code TASKER_TEMPLATE_PATH}, then at {@code config/tasks} below {@code WORKSPACE_PATH}, below the nearest folder that looks
     * like a project's root, and below the working directory.
     *
     * @param environment variables; an empty one counts as unset
     */
    public static TemplateLocation find(Map<String, String> environment, Path workingDirectory) {
        List<Path> stated = stated(environment, "TASKER_TEMPLATE_PATH").stream()
                .flatMap(paths -> Arrays.stream(paths.split(File.pathSeparator)))
                .map(workingDirectory::resolve)
                .toList();
        List<Path> others = new ArrayList<>();
        stated(environment, "WORKSPACE_PATH")
                .map(workspace -> workingDirectory.resolve(workspace).resolve(TASKS))
                .ifPresent(others::add);
        projectRoot(workingDirectory).map(root -> root.resolve(TASKS)).ifPresent(others::add);
        others.add(workingDirectory.resolve(TASKS));
        List<Path> found = stated.stream().filter(Files::exists).toList();
        if (found.isEmpty()) {
            found = others.stream().filter(Files::exists).limit(1).toList();
        }
        return new TemplateLocation(
                Stream.concat(stated.stream(), others.stream()).toList(), found);
    }

    private static Optional<String> stated(Map<String, String> environment, String name) {
        return Optional.ofNullable(environment.get(name)).filter(value -> !value.isBlank());
    }

    private static Optional<Path> projectRoot(Path start) {
        for (Path folder = start.toAbsolutePath(); folder != null; folder = folder.getParent()) {
            if (WORKSPACE_MARKERS.stream().map(folder::resolve).anyMatch(Files::exists)) {
                return Optional.of(folder);
            }
        }
        return Optional.empty();
    }
}
