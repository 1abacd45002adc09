package dev.tasker.template;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Where a worker's templates lie when nobody says (spec 04 §7.1, spec 06 §2.2). The first place that exists wins.
 *
 * @param tried every place looked at, in order
 * @param found the first that is there
 */
public record TemplateLocation(List<Path> tried, Optional<Path> found) {
    private static final Path TASKS = Path.of("config", "tasks");
    private static final List<String> WORKSPACE_MARKERS = List.of(
            ".git", "pom.xml", "build.gradle", "build.gradle.kts", "Cargo.toml", "pyproject.toml", "package.json");

    public TemplateLocation {
        tried = List.copyOf(tried);
    }

    /**
     * Looks at {@code TASKER_TEMPLATE_PATH}, then at {@code config/tasks} below {@code WORKSPACE_PATH}, below the nearest folder that looks
     * like a project's root, and below the working directory.
     *
     * @param environment variables; an empty one counts as unset
     */
    public static TemplateLocation find(Map<String, String> environment, Path workingDirectory) {
        List<Path> places = new ArrayList<>();
        stated(environment, "TASKER_TEMPLATE_PATH")
                .map(workingDirectory::resolve)
                .ifPresent(places::add);
        stated(environment, "WORKSPACE_PATH")
                .map(workspace -> workingDirectory.resolve(workspace).resolve(TASKS))
                .ifPresent(places::add);
        projectRoot(workingDirectory).map(root -> root.resolve(TASKS)).ifPresent(places::add);
        places.add(workingDirectory.resolve(TASKS));
        return new TemplateLocation(
                places, places.stream().filter(Files::exists).findFirst());
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
