package dev.tasker.template;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where templates are looked for (spec 04 §7.1). */
class TemplateLocationTest {
    @TempDir
    Path root = Path.of("");

    @Test
    void firstPlaceThatExistsWins() throws IOException {
        Path project = Files.createDirectories(root.resolve("project"));
        Files.createFile(project.resolve("pom.xml"));
        Path below = Files.createDirectories(project.resolve("module/src"));
        Map<String, String> environment = Map.of(
                "TASKER_TEMPLATE_PATH",
                root.resolve("stated").toString(),
                "WORKSPACE_PATH",
                root.resolve("workspace").toString());

        assertThat(TemplateLocation.find(environment, below).found()).isEmpty();
        assertThat(TemplateLocation.find(environment, below).tried())
                .containsExactly(
                        root.resolve("stated"),
                        root.resolve("workspace/config/tasks"),
                        project.resolve("config/tasks"),
                        below.resolve("config/tasks"));
        Path last = Files.createDirectories(below.resolve("config/tasks"));
        assertThat(TemplateLocation.find(environment, below).found()).containsExactly(last);
        Path ofProject = Files.createDirectories(project.resolve("config/tasks"));
        assertThat(TemplateLocation.find(environment, below).found()).containsExactly(ofProject);
        Path ofWorkspace = Files.createDirectories(root.resolve("workspace/config/tasks"));
        assertThat(TemplateLocation.find(environment, below).found()).containsExactly(ofWorkspace);
        Path stated = Files.createDirectories(root.resolve("stated"));
        assertThat(TemplateLocation.find(environment, below).found()).containsExactly(stated);
        assertThat(TemplateLocation.find(Map.of("TASKER_TEMPLATE_PATH", " "), below)
                        .found())
                .containsExactly(ofProject);
    }

    @Test
    void statedPathMayNameSeveralPlaces() throws IOException {
        Path one = Files.createDirectories(root.resolve("one"));
        Path two = Files.createDirectories(root.resolve("two"));
        String stated = one + File.pathSeparator + root.resolve("missing") + File.pathSeparator + two;

        assertThat(TemplateLocation.find(Map.of("TASKER_TEMPLATE_PATH", stated), root)
                        .found())
                .containsExactly(one, two);
    }
}
